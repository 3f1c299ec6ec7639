#!/usr/bin/env bash
# What `npm pack` gives must run after installation in an empty folder, on each Node that it says it supports.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"; rm -rf "$root/dist"' EXIT
version=$(node -p 'require(process.argv[1]).version' "$root/package.json")

cd "$root"
PATH="$root/node_modules/.bin:$PATH" npm pack --silent --pack-destination "$folder" >/dev/null
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ./faultline-*.tgz
mkdir node22
npm install --silent --no-audit --no-fund --no-save --prefix node22 node@22

cat > scenario-test.mjs <<'JS'
import { partition, seconds, scenario } from "faultline";
if (typeof scenario !== "function" || partition("a->b").kind !== "partition" || Number(seconds(2)) !== 2000) process.exit(1);
JS
for node in "$folder/node22/node_modules/node/bin/node" "$root/node_modules/node/bin/node"; do
  said=$("$node" node_modules/faultline/harness/bin.mjs --version)
  echo "$("$node" --version): faultline --version says $said"
  [ "$said" = "$version" ]
  "$node" scenario-test.mjs
  "$node" node_modules/faultline/harness/bin.mjs list --scenarios . >/dev/null 2>&1 && exit 1
  "$node" node_modules/faultline/harness/bin.mjs doctor --json | "$node" -e '
    let text = ""; process.stdin.on("data", (part) => (text += part)).on("end", () => JSON.parse(text).length || process.exit(1));'
done
# An older Node is told what it lacks, not shown a stack.
case "$(node --version)" in v1[0-9].*|v20.*|v21.*)
  status=0
  said=$(node node_modules/faultline/harness/bin.mjs --version 2>&1) || status=$?
  echo "$(node --version): exit $status, $(printf '%s' "$said" | head -n 1)"
  [ "$status" -eq 64 ] && printf '%s' "$said" | grep -q NODE_TOO_OLD ;;
esac
echo "the package works"
