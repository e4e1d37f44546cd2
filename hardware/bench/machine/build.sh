#!/usr/bin/env bash
# Makes the bench's machine out of Debian's packages: build.sh DIR leaves DIR/vmlinuz and DIR/tree, the tree of its initramfs without
# our own programs. Needs no root and installs nothing: the packages are unpacked into DIR. A machine that is there already stays, unless it
# lacks a module or a program that is wanted now; removing DIR makes a new one of newer packages.
set -euo pipefail
dir="$(mkdir -p "$1" && cd "$1" && pwd)"
say() { echo "bench: $*" >&2; }
die() { say "$*"; exit 1; }

# The kernel that the distribution ships today, and what of it the machine loads.
image=$(apt-cache depends linux-image-amd64 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
[ -n "$image" ] || die "apt knows no package linux-image-amd64: the bench needs Debian 12 or later on amd64, and 'apt-get update' having run"
release=${image#linux-image-}
series=$(echo "$release" | sed 's/^\([0-9]*\.[0-9]*\).*/\1/')
modules="configfs uhid hid-cp2112 i2c-dev i2c-stub bmp280-i2c virtio_pci virtio_blk crc32c_generic ext4"
# What hardware/wiring/try-board.sh finds on a board: a systemd, libgpiod's tools, bash. The rest of its commands are busybox's.
programs="/lib/systemd/systemd /bin/systemctl /usr/bin/systemd-run /bin/bash /usr/bin/gpioget /usr/bin/gpioset /usr/bin/gpioinfo"
wanted="$modules $programs"
[ -e "$dir/.complete" ] && [ "$(cat "$dir/.modules" 2>/dev/null)" = "$wanted" ] && exit 0

rm -rf "$dir/unpacked" "$dir/tree" "$dir/.complete" && mkdir -p "$dir/debs" "$dir/unpacked" "$dir/tree"
fetch() {
    say "downloading $*"
    (cd "$dir/debs" && apt-get -qq -o APT::Sandbox::User= download "$@") || die "apt-get cannot download these packages; run 'apt-get update' and start again"
    local package
    for package in "$@"; do
        dpkg-deb -x "$(ls "$dir"/debs/"${package}"_*.deb)" "$dir/unpacked"
        rm "$dir"/debs/"${package}"_*.deb
    done
}
ssl=libssl3 && apt-cache show libssl3t64 > /dev/null 2>&1 && ssl=libssl3t64 # its name from Debian 13 on
gpiod=libgpiod2 && apt-cache show libgpiod3 > /dev/null 2>&1 && gpiod=libgpiod3
fetch "$image" busybox-static libc6 "$ssl" "$gpiod"
kernel="$dir/unpacked/lib/modules/$release"
[ -d "$kernel" ] || kernel="$dir/unpacked/usr/lib/modules/$release" # from Debian 13 on
busybox="$dir/unpacked/bin/busybox"
[ -e "$busybox" ] || busybox="$dir/unpacked/usr/bin/busybox"

# gpio-sim: a module of later kernels, else built here out of the kernel's own sources. irq_sim, on which it stands, calls a function
# that is not for modules; the one put in its place does the same, and is.
if ! find "$kernel" -name 'gpio-sim.ko*' | grep -q .; then
    say "building gpio-sim, which Debian's kernel $release leaves out"
    fetch "linux-headers-$release" "linux-headers-${release%-*}-common" "linux-kbuild-$series" "linux-source-$series"
    headers="$dir/unpacked/usr/src/linux-headers-$release"
    sed -i "s|/usr/src/|$dir/unpacked/usr/src/|" "$headers/Makefile"
    module="$dir/unpacked/gpio-sim" && mkdir -p "$module"
    tar -xJf "$dir/unpacked/usr/src/linux-source-$series.tar.xz" -C "$module" --strip-components=3 --wildcards \
        '*/drivers/gpio/gpio-sim.c' '*/drivers/gpio/gpiolib.h' '*/kernel/irq/irq_sim.c'
    grep -q 'handle_simple_irq(irq_to_desc(irqnum))' "$module/irq_sim.c" || die "kernel/irq/irq_sim.c of $series is not as expected: see hardware/bench/README.md"
    sed -i 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' "$module/irq_sim.c"
    printf 'obj-m := gpio-sim-bench.o\ngpio-sim-bench-y := gpio-sim.o irq_sim.o\n' > "$module/Makefile"
    make -s -C "$headers" M="$module" modules > "$dir/gpio-sim.log" 2>&1 || die "gpio-sim does not build: see $dir/gpio-sim.log"
    strip --strip-debug "$module/gpio-sim-bench.ko"
    mkdir -p "$kernel/extra" && cp "$module/gpio-sim-bench.ko" "$kernel/extra/"
    modules="$modules gpio-sim-bench"
else
    modules="$modules gpio-sim"
fi

# Of 4,000 modules those that are loaded, with what they stand on.
"$busybox" depmod -b "${kernel%/lib/modules/*}" "$release"
into="$dir/tree/lib/modules/$release" && mkdir -p "$into"
for name in $modules; do
    line=$(grep -E "/$name\.ko[.a-z]*:" "$kernel/modules.dep") || die "the kernel $release has no module $name"
    for file in ${line/:/ }; do
        mkdir -p "$into/$(dirname "$file")" && cp "$kernel/$file" "$into/$file"
    done
done
"$busybox" depmod -b "$dir/tree" "$release"

# What edgenode links against at run time, and a shell.
mkdir -p "$dir"/tree/{bin,lib64,lib/x86_64-linux-gnu,dev,proc,sys,tmp,data,disk}
cp "$busybox" "$dir/tree/bin/busybox"
for library in ld-linux-x86-64.so.2 libc.so.6 libm.so.6 libssl.so.3 libcrypto.so.3 "libgpiod.so.[23]"; do
    found=$(find "$dir/unpacked" -path '*x86_64-linux-gnu/*' -name "$library" | head -1)
    [ -n "$found" ] || die "none of the packages holds $library"
    cp -L "$found" "$dir/tree/lib/x86_64-linux-gnu/${found##*/}"
done

# The programs, with the libraries that they and those stand on. Of systemd nothing but its first process: the targets that each unit leans on are empty.
mapfile -t owners < <(apt-cache depends --recurse --no-pre-depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances systemd gpiod bash |
    grep -E '^(lib[^:]*|systemd|gpiod|bash)$' | sort -u)
fetch "${owners[@]}"
libraries_of() {
    local library found
    for library in $(objdump -p "$1" | sed -n 's/^ *NEEDED *//p'); do
        [ ! -e "$dir/tree/lib/x86_64-linux-gnu/$library" ] || continue
        found=$(find "$dir/unpacked" -path '*x86_64-linux-gnu/*' -name "$library" | head -1)
        [ -n "$found" ] || die "none of the packages holds $library, which ${1##*/} needs"
        cp -L "$found" "$dir/tree/lib/x86_64-linux-gnu/$library"
        libraries_of "$found"
    done
}
mkdir -p "$dir"/tree/{usr/bin,lib/systemd/system,etc} && ln -s ../lib "$dir/tree/usr/lib"
executor=/lib/systemd/systemd-executor # a program of its own from Debian 13 on
for program in $programs $executor; do
    found="$dir/unpacked$program"
    [ -e "$found" ] || found="$dir/unpacked/usr${program#/usr}" # from Debian 13 on
    [ -e "$found" ] || { [ "$program" = "$executor" ] && continue; } || die "none of the packages holds $program"
    case $program in */lib/*) into="$dir/tree/lib/systemd" ;; *) into="$dir/tree/usr/bin" ;; esac
    cp -L "$found" "$into/" && libraries_of "$found"
done
for target in sysinit basic shutdown; do
    printf '[Unit]\nDefaultDependencies=no\n' > "$dir/tree/lib/systemd/system/$target.target"
done
ln -s ../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$dir/tree/lib64/ld-linux-x86-64.so.2"
echo "$modules" > "$dir/tree/modules"
cp "$dir/unpacked/boot/vmlinuz-$release" "$dir/vmlinuz"
rm -rf "$dir/unpacked" "$dir/debs"
echo "$wanted" > "$dir/.modules"
echo "$release" > "$dir/.complete"
say "the machine is made: Linux $release, $(du -sm "$dir" | cut -f1) MB in $dir"
