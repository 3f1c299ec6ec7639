#!/usr/bin/env bash
# What containers must do: on the engine that is there, or else on one of our own, which ends with this. Where none can be
# had (3, as `npm run engine` says, with the reason) nothing is shown and nothing is broken: that is told by 75.
set -eu
cd "$(dirname "$0")/.."
npm run --silent engine -- true || { [ $? -ne 3 ] || exit 75; exit 1; }
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
npm run --silent engine -- bash -euc '
  # Beside each other, since both mostly wait for the engine.
  vitest run --project long harness/cli/safety/containers >"$0/kills.log" 2>&1 & kills=$!
  broken=0
  vitest run --project conformance -t containers || broken=1
  wait "$kills" || broken=1
  cat "$0/kills.log"
  [ "$broken" -eq 0 ]
  vitest run --project e2e harness/cli/containers
  # Apart from all others: where control groups are made, those of others stand still for a moment.
  vitest run --project long harness/setup/engine
  npx faultline prove cache-partition --mutants lost-del --env containers --until-caught --repeat 3 -o "$0"
  left=$(docker ps -aq --filter label=faultline.run)
  [ -z "$left" ] || { echo "left on the engine: $left"; exit 1; }
' "$reports"
