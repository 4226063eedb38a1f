#!/usr/bin/env bash
# Runs tests on x86-64 CPUs that have the instructions this one may lack, under Bochs: ci/bochs.sh [FILTER…]
# runs the unit tests whose names contain a FILTER, and the integration tests of the algorithm it begins with; by default those of
# SM4 and SM3.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh
source ci/compiler.sh

# Bochs 3.0 and the kernel come from Debian 13; Linux 6.1 hung. The kernel needs these options.
bochs=$cache/bochs
options="console=ttyS0,115200 quiet mitigations=off nokaslr nomodeset panic=-1 acpi=off pci=off idle=poll lsm= reboot=t"
options+=" nohz=off highres=off clocksource=jiffies tsc_early_khz=50000"

need_bochs() {
  [ ! -e "$bochs/ready" ] || return 0
  need debootstrap debootstrap
  echo "unpacking Debian 13 with Bochs (2 minutes, 1 GB)"
  rm -rf "$bochs"
  mkdir -p "$bochs"
  # Packages of a desktop that Bochs depends on cannot be set up in a chroot; it runs without that.
  as_root debootstrap --variant=minbase --include=bochs,bochs-term,bochsbios,vgabios trixie \
    "$bochs/root" "$(mirror)" </dev/null >"$bochs/debootstrap.log" 2>&1 || true
  [ -x "$bochs/root/usr/bin/bochs-bin" ] || { tail "$bochs/debootstrap.log" >&2; fail "no Bochs"; }
  as_root chroot "$bochs/root" sh -c '
    apt-get -qq update
    cd /root
    apt-get -qq -o APT::Sandbox::User=root download \
      "$(apt-cache depends linux-image-cloud-amd64 | sed -n "s/.*Depends: \(linux-image-6[^ ]*\).*/\1/p" | head -n 1)"
    dpkg-deb -x linux-image-*.deb /root/kernel' </dev/null
  cp "$bochs"/root/root/kernel/boot/vmlinuz-* "$bochs/vmlinuz"
  touch "$bochs/ready"
}

[ "$(uname -m)" = x86_64 ] || fail "this runs on x86-64"
need xorriso xorriso
need cpio cpio
need /bin/busybox busybox-static
need /usr/lib/ISOLINUX/isolinux.bin isolinux
need /usr/lib/syslinux/modules/bios/ldlinux.c32 syslinux-common
need_bochs

filters=${*:-sm4 sm3}
tests=(--lib)
for filter in $filters; do
  for file in tests/"${filter%%::*}"*.rs; do
    [ ! -e "$file" ] || tests+=(--test "$(basename "$file" .rs)")
  done
done
target=x86_64-unknown-linux-gnu
binaries=$(RUSTFLAGS="-C target-feature=+crt-static" CARGO_TARGET_DIR="$bochs/target" cargo test --no-run --target "$target" \
  --all-features "${tests[@]}" --config profile.dev.opt-level=2 --config profile.test.opt-level=2 --config profile.dev.debug=0 \
  --config 'profile.dev.package."*".opt-level=0' </dev/null 2>&1 | tee "$bochs/build.log" | sed -n 's/^ *Executable .*(\(.*\))$/\1/p')
[ -n "$binaries" ] || { cat "$bochs/build.log" >&2; fail "nothing to run"; }

# A system of BusyBox, the tests, and an init that runs them one after the other.
rm -rf "$bochs/system" "$bochs/iso"
mkdir -p "$bochs"/system/{bin,proc,dev} "$bochs/system$root" "$bochs/iso/isolinux"
cp /bin/busybox "$bochs/system/bin/"
cp -r vectors "$bochs/system$root/"
# A million blocks one after another take minutes for each backend.
awk -v RS= -v ORS='\n\n' '!/iterations = 1000000/' vectors/sm4/block.txt >"$bochs/system$root/vectors/sm4/block.txt"
{
  echo '#!/bin/busybox sh'
  echo '/bin/busybox mount -t proc proc /proc; /bin/busybox mount -t devtmpfs dev /dev; exec >/dev/ttyS0 2>&1'
  echo '/bin/busybox grep -m 1 "^model name" /proc/cpuinfo'
  n=0
  for binary in $binaries; do
    n=$((n + 1))
    strip -o "$bochs/system/bin/test$n" "$binary"
    only=--show-output
    [ $n != 1 ] || only="$filters --skip a_million_times"
    echo "echo '== $(basename "$binary")'; RUST_TEST_THREADS=1 PROPTEST_CASES=8 /bin/test$n $only; echo RC=\$?"
  done
  # The sleep is for the serial line to take the rest.
  echo 'echo DONE; /bin/busybox sleep 3; /bin/busybox reboot -f'
} >"$bochs/system/init"
chmod +x "$bochs/system/init"
(cd "$bochs/system" && find . | cpio -o -H newc --quiet | gzip -1) >"$bochs/iso/initrd.gz"
cp "$bochs/vmlinuz" "$bochs/iso/"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$bochs/iso/isolinux/"
printf 'default l\nlabel l\nkernel /vmlinuz\nappend initrd=/initrd.gz %s\n' "$options" >"$bochs/iso/isolinux/isolinux.cfg"
xorriso -as mkisofs -quiet -o "$bochs/root/root/boot.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot \
  -boot-load-size 4 -boot-info-table "$bochs/iso" 2>"$bochs/xorriso.log" || { cat "$bochs/xorriso.log" >&2; fail "no image"; }

# boot MODEL OPTIONS: one machine. Its serial line goes to a port: in a file Bochs loses what it has not flushed.
boot() {
  local model=$1 log=$bochs/$1.log port=$((20000 + RANDOM % 10000)) listener
  cat >"$bochs/root/root/$model" <<EOF
memory: guest=512, host=512
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
display_library: rfb, options="timeout=0"
cpu: model=$model, $2 count=1, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=1
ata0-master: type=cdrom, path=/root/boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=socket-client, dev=127.0.0.1:$port
panic: action=fatal
error: action=ignore
info: action=ignore
clock: sync=none, time0=utc
sound: waveoutdrv=dummy
mouse: enabled=0
EOF
  busybox nc -l -p "$port" </dev/null >"$log" &
  listener=$!
  sleep 1
  # It ends by a reset, so its exit status tells nothing.
  as_root timeout "${BOCHS_SECONDS:-1800}" chroot "$bochs/root" bochs-bin -q -f "/root/$model" </dev/null \
    >"$bochs/$model.out" 2>&1 || true
  kill $listener 2>/dev/null || true
}

# The first has AVX-512, the second the SM3 and SM4 instructions; both VAES and GFNI. (Bochs can add the SM3 and SM4
# instructions to the first, but its CPUID does not tell.) Sapphire Rapids, with all of them, panics.
boot corei7_icelake_u 'add_features="gfni vaes_vpclmulqdq",' &
boot arrow_lake '' &
wait
for model in corei7_icelake_u arrow_lake; do
  echo "-- $model"
  results=$(tr -d '\r' <"$bochs/$model.log" | sed -n '/^model name/,$p')
  echo "$results"
  grep -q '^DONE$' <<<"$results" || { tail -n 20 "$bochs/$model.out" >&2; fail "the machine stopped before the end"; }
  ! grep '^RC=' <<<"$results" | grep -qv '^RC=0$' || fail "tests failed"
done
echo "ci/bochs.sh: passed"
