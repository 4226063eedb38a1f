#!/usr/bin/env bash
# Runs the tests that take too long for every day, in release mode: SM3 of messages over 4 GiB.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh

cargo test --release --features sm3 --test sm3_slow -- --ignored --nocapture </dev/null | tee "$cache/slow.log"
# Ignored tests that nobody finds would pass too.
grep -q '^test result: ok\. [1-9]' "$cache/slow.log" || fail "no slow test ran"
echo "ci/slow.sh: passed"
