#!/usr/bin/env bash
# Compares two builds of qpcheck: the same checks by turns, so that what else the machine
# does hits both. A row shows the medians of the CPU seconds (user and system) of the whole
# process, and how many times faster this build is. Builds nothing.
#
#   bench/against.sh THIS OTHER [ROUNDS [CHECK...]]      two executables; 5 rounds
#
# A CHECK is a scenario and a transport, as in target-killed/ib; none: all below.
set -euo pipefail

fail() { echo "bench: $*" >&2; exit 2; }
(($# >= 2)) || { sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
declare -A program=([this]=$1 [other]=$2)
rounds=${3:-5}
checks=("${@:4}")
((${#checks[@]})) || checks=({target-killed,reset,failover,connect-only}/{ib,iwarp})
[[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "'$rounds' is not a number of rounds"
for which in this other; do [[ -x ${program[$which]} ]] || fail "there is no ${program[$which]}; build it first"; done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

measure() {   # measure WHICH CHECK: one process
  local which=$1 scenario=${2%/*} transport=${2#*/} times user system
  local TIMEFORMAT='%3U %3S'
  times=$( { time "${program[$which]}" check "$scenario" --teardown settled --transport "$transport" --json \
    >"$work/$which.json" 2>"$work/$which.err"; } 2>&1 ) || fail "${program[$which]} check $scenario: $(tail -n 1 "$work/$which.err")"
  read -r user system <<<"$times"
  awk -v u="$user" -v s="$system" 'BEGIN { printf "%.3f\n", u + s }' >>"$work/$which.seconds"
}
median() { sort -n "$1" | awk '{ a[NR] = $1 } END { m = int((NR + 1) / 2); print NR % 2 ? a[m] : (a[m] + a[m + 1]) / 2 }'; }
states() { sed -n 's/^ *"states": \([0-9]*\),*$/\1/p' "$work/$1.json"; }

echo "settled, two qpairs; medians of $rounds rounds by turns"
printf '%-22s %10s %10s %8s   %s\n' check 'this, s' 'other, s' faster states
for check in "${checks[@]}"; do
  rm -f "$work"/*.seconds
  for ((round = 0; round < rounds; ++round)); do
    for which in this other; do measure "$which" "$check"; done
  done
  here=$(median "$work/this.seconds") there=$(median "$work/other.seconds")
  found=$(states this)
  [[ $found == "$(states other)" ]] || found+=" (other: $(states other))"
  printf '%-22s %10.3f %10.3f %8s   %s\n' "$check" "$here" "$there" \
    "$(awk -v a="$there" -v b="$here" 'BEGIN { printf (b > 0 ? "%.2f" : "-"), (b > 0 ? a / b : 0) }')" "$found"
done
