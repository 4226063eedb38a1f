#!/usr/bin/env bash
# Finds what the compiler cannot: a stray `target_arch`, stray `unsafe`, a TODO.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh

# Prints FILE:LINE: TEXT for each line of code (no comment) of src/ that matches $1.
code() {
  find src -name '*.rs' -exec grep -HnE "$1" {} + | grep -vE '^[^:]+:[0-9]+:[[:space:]]*//' || true
}

# `target_arch` stands in cpu.rs, and in backend.rs on the line before a `mod` line.
stray=$(code 'target_arch' | { grep -v '^src/cpu\.rs:' || true; } | while IFS=: read -r file line text; do
  next=$(sed -n "$((line + 1))p" "$file")
  if [[ $file != src/*/backend.rs || ! $next =~ ^(pub(\([a-z]+\))?\ )?mod\  ]]; then
    echo "$file:$line:$text"
  fi
done)
[ -z "$stray" ] || fail "target_arch outside src/cpu.rs and the mod lines of a backend.rs:
$stray"

# `unsafe` stands in cpu.rs and in kernel files.
stray=$(code '\bunsafe\b' | grep -vE '^src/(cpu|[^:]*/backend/[^:]+)\.rs:' || true)
[ -z "$stray" ] || fail "unsafe outside src/cpu.rs and kernel files:
$stray"
stray=$(code 'allow\(.*unsafe_code' | grep -vE '^src/(cpu|[^:]*/backend/[^:]+)\.rs:' || true)
[ -z "$stray" ] || fail "unsafe_code allowed outside src/cpu.rs and kernel files:
$stray"

# Each file says its purpose first. Work to do is an issue.
for file in $(find src tests benches examples -name '*.rs' -not -path '*/target/*'); do
  [[ $(head -n 1 "$file") = //!* || $file = src/lib.rs ]] || fail "$file does not begin with //! and its purpose"
  [ "$(wc -l <"$file")" -le 400 ] || fail "$file has more than 400 lines"
done
stray=$(find . \( -name target -o -name .cache -o -name .git \) -prune -o -name '*.rs' -exec grep -HnE '\b(TODO|FIXME|XXX)\b|\b(todo|unimplemented)!' {} + || true)
[ -z "$stray" ] || fail "work left in the code:
$stray"
echo "ci/style.sh: nothing found"
