#!/usr/bin/env bash
# The canary must fail, the gate must pass, and every seeded bug must be caught by what is known to catch it. Without
# arguments no more runs than it takes; with `--repeat 10` each of them ten times, which takes three hours. Two at a time, as a
# run mostly waits; left to itself, `prove` would go down to one for good at the first run that two cores were too few for. What
# came to no verdict is run again alone; where the canary or the controls come to none, it stops early, since this machine
# cannot tell.
set -eu
cd "$(dirname "$0")/.."
gate=$(grep -l '"gate"' scenarios/*.ts | xargs -n 1 basename | sed 's/[.]ts$//')
# What the gate's scenarios were joined from, and what must pass beside them.
others="calm abandoned-statements cut-in-the-middle database-silent flapping-database flapping-links insistent"
others="$others long-freeze queue-forgets queue-full restarts-without-dependencies rush-of-orders slow-database workers-die"
[ $# -gt 0 ] || set -- --until-caught --repeat 5
# shellcheck disable=SC2086
npm run prove -- $gate $others --known scenarios/proven.json --jobs 2 "$@"
