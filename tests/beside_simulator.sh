#!/usr/bin/env bash
# Runs a command while the simulator plays with the processor time that the command leaves, and shows at the end what it
# saw: tests wait for disks and clocks, seeds for nothing. A command that fails ends both.
#
#   tests/beside_simulator.sh SIMULATOR SEEDS -- COMMAND…
set -euo pipefail

simulation=()
while [ "${1---}" != -- ]; do
    simulation+=("$1")
    shift
done
[ $# -gt 1 ] && [ ${#simulation[@]} -gt 0 ] || { sed -n 2,5p "${BASH_SOURCE[0]}" >&2; exit 2; }
shift

seen="$(mktemp)"
nice -n 19 "${simulation[@]}" >"$seen" 2>&1 &
simulator=$!
trap 'kill "$simulator" 2>/dev/null || true; rm -f "$seen"' EXIT
trap 'exit 1' INT TERM

"$@"
echo "beside_simulator.sh: the simulator plays on"
result=0
wait "$simulator" || result=$?
cat "$seen"
exit "$result"
