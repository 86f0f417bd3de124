#!/usr/bin/env bash
# Compares the search with a plain C++ program and with spin, on one transition system:
# the reference model (reference/README.md) with two qpairs and one fault.
#
#   bench/run.sh [--rounds N] [--build DIR] [--qpcheck FILE]
#   bench/run.sh --against DIR [--rounds N] [--build DIR]
#
# The three run in turns, N times (5); a row shows the median of the CPU seconds (user
# and system) of the whole process. All three must find the same states; how fast they
# are decides nothing. With --build the programs of that build tree are used, else they
# are compiled here. With --qpcheck the command's own benchmark is shown as well.
# The last line is "ours/spin X.XX": states per CPU second, ours over spin's.
# With --against this build's command is compared with another build tree's instead
# (against.sh).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
rounds=5 build= qpcheck= against=
usage() { sed -n '2,15s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }
fail() { echo "bench: $*" >&2; exit 1; }

while (($#)); do
  case $1 in
    --rounds) rounds=${2:?}; shift 2 ;;
    --build) build=${2:?}; shift 2 ;;
    --qpcheck) qpcheck=${2:?}; shift 2 ;;
    --against) against=${2:?}; shift 2 ;;
    -h|--help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
[[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "--rounds takes a positive number"
if [[ -z $qpcheck && -n $build && -x $build/src/cli/qpcheck ]]; then qpcheck=$build/src/cli/qpcheck; fi
if [[ -n $against ]]; then
  [[ -n $qpcheck ]] || fail "--against needs a build of this tree: --build DIR"
  exec "$here/against.sh" "$qpcheck" "$against/src/cli/qpcheck" "$rounds"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fast=(-O3 -march=native)

# --- the programs ---------------------------------------------------------------------
declare -A program
if [[ -n $build ]]; then
  program[ours]=$build/bench/qpcheck-bench
  program[plain]=$build/bench/qpcheck-bench-plain
else
  cxx=${CXX:-g++}
  "$cxx" -std=c++20 "${fast[@]}" -I"$root" -I"$root/src" "$here/search_bench.cpp" -o "$work/ours"
  "$cxx" -std=c++20 "${fast[@]}" -w -DNQ=2 -DKF=1 -DVAR=3 "$here/reference/ref.cpp" -o "$work/plain"
  program[ours]=$work/ours
  program[plain]=$work/plain
fi
names=(ours plain)
if command -v spin >/dev/null; then
  (cd "$work" && cp "$here/reference/teardown.pml" . &&
    spin -o2 -a -DN=2 -DK=1 -DFIXED teardown.pml >/dev/null &&
    "${CC:-gcc}" "${fast[@]}" -w -DSAFETY -DNOREDUCE -o pan pan.c)
  program[spin]=$work/pan
  names+=(spin)
else
  echo "bench: spin is not installed (Debian package: spin); its row is left out"
fi
declare -A arguments=([ours]="" [plain]="22" [spin]="-m10000 -w24")

# --- the measurements -----------------------------------------------------------------
# The number before or after the word "states", as each program prints it.
states_in() {
  sed -nE 's/^ *([0-9]+) states, stored.*/\1/p; s/.*\bstates ([0-9]+) .*/\1/p' "$1" | head -n 1
}

run() {   # run NAME: one process; adds its states and CPU seconds to the name's files
  local name=$1 times user system
  local TIMEFORMAT='%3U %3S'
  # shellcheck disable=SC2086
  times=$( { time "${program[$name]}" ${arguments[$name]} >"$work/$name.out" 2>"$work/$name.err"; } 2>&1 ) ||
    fail "$name failed: $(cat "$work/$name.err")"
  read -r user system <<<"$times"
  awk -v u="$user" -v s="$system" 'BEGIN { printf "%.3f\n", u + s }' >>"$work/$name.seconds"
  states_in "$work/$name.out" >>"$work/$name.states"
}

for name in "${names[@]}"; do [[ -x ${program[$name]} ]] || fail "no ${program[$name]}: build it first"; done
for ((round = 0; round < rounds; ++round)); do
  for name in "${names[@]}"; do run "$name"; done
done

# --- the table ------------------------------------------------------------------------
median() { sort -n "$1" | awk '{ a[NR] = $1 } END { m = int((NR + 1) / 2); print NR % 2 ? a[m] : (a[m] + a[m + 1]) / 2 }'; }
declare -A rate
states=$(sort -u "$work"/*.states)
[[ $states =~ ^[0-9]+$ ]] || fail "the programs disagree on the number of states: $(tr '\n' ' ' <<<"$states")"
for name in "${names[@]}"; do
  rate[$name]=$(awk -v n="$states" -v t="$(median "$work/$name.seconds")" 'BEGIN { printf "%.0f", n / t }')
done
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

echo "reference model, 2 qpairs, 1 fault; medians of $rounds rounds; one core"
printf '%-34s %10s %9s %12s %9s\n' program states 'CPU s' 'states/CPU s' '/ spin'
declare -A title=([ours]="ours (qpcheck's search)" [plain]="plain C++ (reference/ref.cpp)" [spin]="spin, exact, no reduction")
for name in "${names[@]}"; do
  against=-
  [[ -n ${rate[spin]:-} ]] && against=$(ratio "${rate[$name]}" "${rate[spin]}")
  printf '%-34s %10s %9.3f %12s %9s\n' "${title[$name]}" "$states" "$(median "$work/$name.seconds")" "${rate[$name]}" "$against"
done

# --- the simulator --------------------------------------------------------------------
if [[ -n $qpcheck ]]; then
  code=0
  "$qpcheck" bench >"$work/qpcheck.out" 2>"$work/qpcheck.err" || code=$?
  case $code in
    0) echo; cat "$work/qpcheck.out" ;;
    2) ;;   # this qpcheck has no benchmark
    *) fail "$qpcheck bench failed with $code: $(cat "$work/qpcheck.err")" ;;
  esac
fi

echo
if [[ -n ${rate[spin]:-} ]]; then
  echo "ours/spin $(ratio "${rate[ours]}" "${rate[spin]}")"
else
  echo "ours/spin not measured: install the Debian package spin"
fi
