#!/usr/bin/env bash
# together.sh COMMAND...: command lines, all at the same time; what each says comes in one piece, in the order given.
# Exit code 1 when one failed, 130 when interrupted.
set -uo pipefail

logs=$(mktemp -d "${TMPDIR:-/tmp}/lvslab-together-XXXXXX")
pids=()
# What bash starts in the background hears no Ctrl-C.
trap 'kill $(jobs -pr) 2>/dev/null; exit 130' INT TERM
trap 'rm -rf "$logs"' EXIT

for command in "$@"; do
  bash -c "$command" </dev/null >"$logs/${#pids[@]}" 2>&1 &
  pids+=($!)
done
code=0
for at in "${!pids[@]}"; do
  wait "${pids[$at]}" || code=1
  cat "$logs/$at"
done
exit "$code"
