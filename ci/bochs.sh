#!/usr/bin/env bash
# Runs tests on an x86-64 CPU that has every instruction a kernel may use, under Bochs: ci/bochs.sh [FILTER…]
# runs the unit tests whose names contain a FILTER, and the integration tests of the algorithm it begins with; by default those of
# SM4 and SM3.
set -euo pipefail
cd "$(dirname "$0")/.."
source ci/common.sh
source ci/compiler.sh

# Bochs 3.0 and the kernel come from Debian 13; other versions and CPU models hung or panicked. The kernel needs no more than these options.
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
  echo 'echo DONE; /bin/busybox sync; /bin/busybox reboot -f'
} >"$bochs/system/init"
chmod +x "$bochs/system/init"
(cd "$bochs/system" && find . | cpio -o -H newc --quiet | gzip -1) >"$bochs/iso/initrd.gz"
cp "$bochs/vmlinuz" "$bochs/iso/"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$bochs/iso/isolinux/"
printf 'default l\nlabel l\nkernel /vmlinuz\nappend initrd=/initrd.gz %s\n' "$options" >"$bochs/iso/isolinux/isolinux.cfg"
xorriso -as mkisofs -quiet -o "$bochs/root/root/boot.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot \
  -boot-load-size 4 -boot-info-table "$bochs/iso" 2>"$bochs/xorriso.log" || { cat "$bochs/xorriso.log" >&2; fail "no image"; }

# The serial line goes to a port: in a file Bochs loses what it has not flushed.
port=$((20000 + RANDOM % 10000))
cat >"$bochs/root/root/bochsrc" <<EOF2
memory: guest=512, host=512
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
display_library: rfb, options="timeout=0"
cpu: model=corei7_icelake_u, add_features="gfni vaes_vpclmulqdq sha512 sm3 sm4", count=1, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=1
ata0-master: type=cdrom, path=/root/boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=socket-client, dev=127.0.0.1:$port
panic: action=fatal
error: action=ignore
info: action=ignore
clock: sync=none, time0=utc
sound: waveoutdrv=dummy
mouse: enabled=0
EOF2
log=$bochs/serial.log
busybox nc -l -p "$port" </dev/null >"$log" &
listener=$!
sleep 1
# It ends by the reboot, which is no exit code to go by.
as_root timeout "${BOCHS_SECONDS:-1800}" chroot "$bochs/root" bochs-bin -q -f /root/bochsrc </dev/null >"$bochs/bochs.log" 2>&1 || true
kill $listener 2>/dev/null || true
tr -d '\r' <"$log" | sed -n '/^model name/,$p'
grep -q DONE "$log" || { tail -n 20 "$bochs/bochs.log" >&2; fail "the machine stopped before the end"; }
if tr -d '\r' <"$log" | grep '^RC=' | grep -qv '^RC=0$'; then
  fail "tests failed"
fi
echo "ci/bochs.sh: passed"
