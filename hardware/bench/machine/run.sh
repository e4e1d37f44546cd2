#!/usr/bin/env bash
# Runs the bench's machine: run.sh DIR FILE... [-- CASE...] puts the FILEs into its root, boots it and shows its console, which stays in
# DIR/console.log. Exit code 0 when it came to its end and no case failed.
# A reset starts the machine anew, with its disk as it was; poweroff ends it.
# Always TCG, never KVM, and time by instructions: 4 ns each, and no waiting when idle. So a busy host cannot lose an edge.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
dir="$(cd "$1" && pwd)" && shift
rm -rf "$dir/boot" && mkdir "$dir/boot" && cp -a "$dir/tree/." "$dir/boot/"
while [ $# -gt 0 ] && [ "$1" != "--" ]; do cp "$1" "$dir/boot/" && shift; done
[ $# -gt 0 ] && shift
echo "$*" > "$dir/boot/cases"
cp "$here/init" "$dir/boot/init" && chmod 755 "$dir/boot/init"
(cd "$dir/boot" && find . | "$dir/tree/bin/busybox" cpio -o -H newc 2>/dev/null) > "$dir/initramfs"
rm -rf "$dir/boot"
rm -f "$dir/disk" && /sbin/mke2fs -q -F -t ext4 "$dir/disk" 64M > /dev/null
qemu-system-x86_64 -machine pc,accel=tcg -cpu max -smp 1 -m 1024 -icount shift=2,sleep=off -rtc base=utc,clock=vm \
    -nodefaults -display none -serial stdio -drive "file=$dir/disk,format=raw,if=virtio,cache=writeback" -kernel "$dir/vmlinuz" -initrd "$dir/initramfs" \
    -append "console=ttyS0 loglevel=2 panic=-1 mitigations=off" < /dev/null | sed -u 's/\r$//' | tee "$dir/console.log"
grep -qE '^bench: [1-9][0-9]* cases, [0-9]+ ok, 0 failed$' "$dir/console.log"
