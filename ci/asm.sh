#!/usr/bin/env bash
# Looks through the machine code of the kernels that Valgrind cannot execute for what would make time depend on data.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh

[ "$(uname -m)" = x86_64 ] || fail "this runs on x86-64"
need objdump binutils
# The test program of ci/valgrind.sh, as it is built there.
program=$(cargo test --release --all-features --test constant_time --no-run --message-format=json \
  --config 'profile.release.package.shangmi.debug="line-tables-only"' </dev/null 2>/dev/null |
  sed -n 's/.*"executable":"\([^"]*constant_time[^"]*\)".*/\1/p')
[ -n "$program" ] || fail "no program to look through"

objdump -d --no-show-raw-insn --demangle "$program" >"$cache/constant_time.s"
# Words made in vector registers reach a branch through flags, a mask register or a general register, and an
# address through a gather or an index. LFSR cells are in general registers: of these, comparisons are listed.
awk '
  /^[0-9a-f]+ <.*>:$/ {
    name = $0; sub(/^[0-9a-f]+ </, "", name); sub(/>:$/, "", name)
    kernel = name ~ /backend::.*(gfni|vaes|avx512|vpclmul|x86_avx2)/ && name !~ /constant_time|drop_in_place|Backend/
    if (kernel) kernels++
    next
  }
  !kernel { next }
  { lines++ }
  # From vectors to flags or masks; look-ups by vector; division.
  /\t(v?ptest |vtestp|v?pmovmsk|v?movmsk|k(or)?test|kmov[bwdq] %k|v?p?gather|v?pcmp[ei]str|i?div)/ {
    print name ": " $0; bad++
  }
  # A load under a mask that depends on data: it takes another time from a page that was not touched yet.
  name ~ /x86_avx512_ifma/ && name !~ /vartime/ && /\tv.*\(%r.*\),%zmm[0-9]+\{/ { print name ": " $0; bad++ }
  # A table look-up by a general register: a load of one byte at base + index, in code that has none.
  /\tmovzb.*\(%r[a-z0-9]+,%r[a-z0-9]+/ { print name ": " $0; bad++ }
  /\tj[a-z]+ / && !/\tjmp/ { jumps[name]++ }
  END {
    # The loops over blocks, and the ends of a message; in the lanes of SM3 one look at the length of
    # each run of blocks. More would be something else. The passes of SM4 load and store any number of
    # blocks by unrolled loops over pairs, fours and groups, and those of AVX2 stand here three times under
    # one name; all their jumps are on lengths, the form of XTS, and the counter of CTR. Rounds have few.
    for (name in jumps) {
      limit = 8
      if (name ~ /windows/) limit = 20
      # One loop over the rows for each table, if they are few.
      if (name ~ /x86_avx512_ifma::mul_table$/) limit = 20
      if (name ~ /sm3::lanes/) limit = 26
      if (name ~ /ghash::backend::x86_avx512::update$/) limit = 10
      if (name ~ /sm4::backend::x86_serial_gfni::(crypt|ctr)$/) limit = 24
      if (name ~ /sm4::backend::x86_avx512_gfni::(crypt|(cbc|cfb)_decrypt|(xts|gcm|ctr)::[a-z0-9]+)$/) limit = 80
      if (name ~ /sm4::backend::x86_avx2::(modes|gcm)::[a-z_]+$/) limit = 120
      printf "%4d conditional jumps  %s\n", jumps[name], name
      if (jumps[name] > limit) { print "more than lengths need: " name; bad++ }
    }
    printf "%d kernels, %d instructions\n", kernels, lines
    if (kernels < 8) { print "too few kernels: are the names still right?"; exit 1 }
    if (bad) { print bad " instructions that may depend on data"; exit 1 }
  }' "$cache/constant_time.s" || fail "see above"
echo "ci/asm.sh: nothing found"
