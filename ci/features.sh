#!/usr/bin/env bash
# Runs clippy on the library with every set of at most two features, and with all of them.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh

need_cargo cargo-hack
cargo hack clippy --lib --quiet --feature-powerset --depth 2 -- -D warnings </dev/null
cargo clippy --lib --quiet --all-features -- -D warnings </dev/null
echo "ci/features.sh: every set of features builds without a warning"
