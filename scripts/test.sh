#!/usr/bin/env bash
# All tests, cheapest first: lint, types, unit tests, the harness's own tests on machines, every document's claims.
# Ends with one line, "N passed, N failed", and exit code 1 when anything failed. Reports are in reports/test.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 3
PATH=$PWD/node_modules/.bin:$PATH

reports=reports/test
rm -rf "$reports"
mkdir -p "$reports"
stages=()

# stage KIND NAME REPORT COMMAND...: its exit code, and what tally.ts is to count; REPORT is the NAME where it writes none
stage() {
  local kind=$1 name=$2 report=$3 started=$SECONDS code=0 verdict=passed
  shift 3
  printf '\n== %s\n' "$name"
  "$@" || code=$?
  # 130: interrupted by a person, who wants no further stage.
  [ "$code" != 130 ] || exit 130
  [ "$code" = 0 ] || verdict="failed (exit code $code)"
  printf '== %s: %s in %s s\n' "$name" "$verdict" $((SECONDS - started))
  stages+=("$kind" "$code" "$report")
  return "$code"
}

# shellcheck disable=SC2317 # called by name, through stage
# run_tap OUTPUT JOBS FILE...: redrawn on a terminal; in a log one line per file, then what the failures say
run_tap() {
  local output=$1 jobs=$2 code=0
  shift 2
  if [ -t 1 ] && [ -z "${CI:-}" ]; then
    tap run --jobs="$jobs" --reporter=terse --output-file="$output" "$@"
    return
  fi
  CI=1 NO_COLOR=1 tap run --jobs="$jobs" --reporter=base --output-file="$output" "$@" || code=$?
  [ "$code" = 0 ] || node --import tsx scripts/failures.ts "$output"
  return "$code"
}

# tap_stage NAME FOLDER JOBS
tap_stage() {
  local files output=$reports/${2##*/}.tap
  mapfile -t files < <(find "$2" -name '*.test.ts' 2>/dev/null | sort)
  [ ${#files[@]} -gt 0 ] || return 0
  stage tap "$1" "$output" run_tap "$output" "$3" "${files[@]}"
}

finish() {
  printf '\n'
  # Node's own words must not come after the closing line.
  NODE_NO_WARNINGS=1 node --import tsx scripts/tally.ts "${stages[@]}"
  exit
}

stage stage lint lint npm run --silent lint || finish
stage stage types types npm run --silent typecheck || finish
tap_stage 'unit tests' tests/unit 2
tap_stage 'harness tests' tests/harness 1
stage run documents "$reports/documents/run.json" node bin/lvslab.js run --out "$reports/documents"
finish
