#!/usr/bin/env bash
# Builds the library for targets that have no std: ci/bare.sh [TARGET…], by default all three.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh
source ci/compiler.sh

all="thumbv7em-none-eabi riscv32imc-unknown-none-elf wasm32-unknown-unknown"

need_compiler
need_source
export RUSTC=$cross_rustc RUSTC_BOOTSTRAP=1
for target in ${*:-$all}; do
  for alloc in "" alloc; do
    echo "-- $target${alloc:+ with alloc}"
    # Each has its own folder: were `alloc` built there, a dependency could use it unnoticed.
    CARGO_TARGET_DIR=$cache/bare$alloc cargo build --lib --release -Zbuild-std="core${alloc:+,alloc}" \
      --target "$target" --features "drbg,elliptic-curve,generic-array${alloc:+,alloc}" </dev/null
  done
done
echo "ci/bare.sh: built for ${*:-$all}"
