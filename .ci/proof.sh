#!/usr/bin/env bash
# The canary must fail, the gate must pass, and every seeded bug must be caught by what is known to catch it.
set -eu
cd "$(dirname "$0")/.."
gate=$(grep -l '"gate"' scenarios/*.ts | xargs -n 1 basename | sed 's/[.]ts$//')
# shellcheck disable=SC2086
npm run prove -- calm clock-jump queue-full $gate --until-caught --repeat 5 --known scenarios/proven.json
