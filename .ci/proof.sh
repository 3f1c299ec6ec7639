#!/usr/bin/env bash
# The canary must fail, the gate must pass, and every seeded bug must be caught by what is known to catch it. Without
# arguments no more than it takes to tell; with `--repeat 10` each of them ten times, which takes an hour and a half. Two at
# a time, since a run mostly waits: what cannot tell for it is run again alone.
set -eu
cd "$(dirname "$0")/.."
gate=$(grep -l '"gate"' scenarios/*.ts | xargs -n 1 basename | sed 's/[.]ts$//')
[ $# -gt 0 ] || set -- --until-caught --repeat 5
# shellcheck disable=SC2086
npm run prove -- calm clock-jump queue-full $gate --known scenarios/proven.json --jobs 2 "$@"
