#!/usr/bin/env bash
# The canary must fail, the gate must pass, and every seeded bug must be caught by what is known to catch it. Without
# arguments no more runs than it takes; with `--repeat 10` each of them ten times, which takes an hour and a half. As many at
# a time as fit on the machine, by what is measured: `--jobs 2` keeps it at two. What came to no verdict is run again alone;
# where the canary or the controls come to none, it stops early, since this machine cannot tell.
set -eu
cd "$(dirname "$0")/.."
gate=$(grep -l '"gate"' scenarios/*.ts | xargs -n 1 basename | sed 's/[.]ts$//')
[ $# -gt 0 ] || set -- --until-caught --repeat 5
# shellcheck disable=SC2086
npm run prove -- calm clock-jump queue-full $gate --known scenarios/proven.json "$@"
