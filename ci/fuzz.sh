#!/usr/bin/env bash
# Runs every fuzz target of fuzz/ for a while: ci/fuzz.sh [SECONDS each, by default 60].
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh

cargo +nightly --version >/dev/null || fail "this needs a nightly toolchain"
need g++ g++
need_cargo cargo-fuzz
targets=$(cargo +nightly fuzz list </dev/null)
[ -n "$targets" ] || fail "no fuzz targets"
for target in $targets; do
  echo "-- $target, ${1:-60} s"
  # Without a limit of its own a run is killed by the machine when memory runs out.
  cargo +nightly fuzz run "$target" -- -max_total_time="${1:-60}" -rss_limit_mb=2048 -print_final_stats=1 </dev/null
done
echo "ci/fuzz.sh: nothing found in" $targets
