#!/usr/bin/env bash
# Runs the test suite on other architectures, under qemu: ci/cross.sh [TARGET…], by default all.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh
source ci/compiler.sh

all="aarch64-unknown-linux-gnu s390x-unknown-linux-gnu i686-unknown-linux-gnu armv7-unknown-linux-gnueabihf"

# test_under EMULATOR…: the unit and integration tests; the build is reused between emulators.
# The crate is optimised, since an emulator is slow, and so is what tests compute with; other dependencies are not, to
# build sooner.
test_under() {
  local name=${target^^}
  name=CARGO_TARGET_${name//-/_}
  echo "-- $target under $*"
  env RUSTC="$cross_rustc" ${build_std:+RUSTC_BOOTSTRAP=1} CARGO_TARGET_DIR="$cache/cross" \
    "${name}_LINKER=$gcc" "${name}_RUNNER=$*" PROPTEST_CASES="${PROPTEST_CASES:-16}" \
    cargo test $build_std --quiet --target "$target" --all-features --lib --tests \
    --config profile.dev.opt-level=2 --config profile.dev.debug=0 \
    --config 'profile.dev.package."*".opt-level=0' \
    $(printf -- '--config profile.dev.package.%s.opt-level=2 ' num-bigint sm2 primeorder crypto-bigint) </dev/null
}

[ "$(uname -m)" = x86_64 ] || fail "this runs on x86-64"
need_compiler
for target in ${*:-$all}; do
  case $target in
    aarch64-*) gcc=aarch64-linux-gnu-gcc libc=arm64 debian=arm64 ;;
    s390x-*) gcc=s390x-linux-gnu-gcc libc=s390x debian=s390x ;;
    i686-*) gcc=i686-linux-gnu-gcc libc=i386 debian=i386 ;;
    armv7-*) gcc=arm-linux-gnueabihf-gcc libc=armhf debian=armhf ;;
    *) fail "unknown target $target; the known ones: $all" ;;
  esac
  libraries=/usr/${gcc%-gcc}
  need "$gcc" "gcc-${gcc%-gcc}"
  need "$libraries/lib/libc.so" "libc6-dev-$libc-cross"
  need qemu-aarch64-static qemu-user-static
  need_std "$target" "$debian"
  case $target in
    aarch64-*)
      # `max` has the AES, SM3 and SM4 instructions, `cortex-a72` AES alone.
      test_under qemu-aarch64-static -cpu max -L "$libraries"
      # What the gate leaves out: the same without the SM3 and SM4 instructions.
      [ -n "${CROSS_QUICK:-}" ] || test_under qemu-aarch64-static -cpu cortex-a72 -L "$libraries"
      ;;
    s390x-*) test_under qemu-s390x-static -cpu max -L "$libraries" ;;
    i686-*) test_under qemu-i386-static -cpu max -L "$libraries" ;;
    armv7-*) test_under qemu-arm-static -cpu max -L "$libraries" ;;
  esac
done
echo "ci/cross.sh: passed on ${*:-$all}"
