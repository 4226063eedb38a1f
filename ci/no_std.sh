#!/usr/bin/env bash
# Links a program against the crate without std, alloc and C library, and runs it.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh

[ "$(uname -sm)" = "Linux x86_64" ] || fail "this runs on x86-64 Linux"
target=x86_64-unknown-linux-gnu
for profile in dev release; do
  RUSTFLAGS="-C link-arg=-nostartfiles -C link-arg=-nodefaultlibs -C link-arg=-static -C relocation-model=static" \
    CARGO_TARGET_DIR="$cache/no_std" cargo build --manifest-path ci/no_std_link/Cargo.toml \
    --profile "$profile" --target "$target" </dev/null
  program=$cache/no_std/$target/${profile/dev/debug}/no_std_link
  "$program" || fail "$program: exit code $?"
done
echo "ci/no_std.sh: linked and ran, $(stat -c %s "$program") bytes"
