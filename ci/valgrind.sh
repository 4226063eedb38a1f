#!/usr/bin/env bash
# Shows with Valgrind that no secret decides a branch or an address (tests/constant_time.rs).
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh

[ "$(uname -m)" = x86_64 ] || fail "this runs on x86-64"
need valgrind valgrind
# Valgrind on Debian refuses to start without the C library's symbols.
need /usr/lib/debug/.build-id libc6-dbg
# Line numbers for the crate alone, so that its dependencies are those of any release build.
SHANGMI_REQUIRE_VALGRIND=1 \
  CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="valgrind -q --error-limit=no --num-callers=8" \
  cargo test --release --all-features --test constant_time \
  --config 'profile.release.package.shangmi.debug="line-tables-only"' </dev/null
