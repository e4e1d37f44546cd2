#!/usr/bin/env bash
# What does this board do with an output line when the software is gone? Ten minutes, two lines, one wire.
#   sudo ./try-board.sh /dev/gpiochip0 22 23
# A wire between OUT (22) and IN (23), nothing else on either of them. Needs the packages gpiod and edgenode.
set -uo pipefail

if [ $# -ne 3 ] || [ "$(id -u)" -ne 0 ]; then
    echo "usage: sudo $0 CHIP OUT IN   (for example /dev/gpiochip0 22 23, with a wire between the two lines)" >&2
    exit 64
fi
chip=$1 out=$2 in=$3
for program in gpioset gpioget edgenode systemd-run; do
    command -v "$program" >/dev/null || { echo "$program is missing: install the packages gpiod, systemd and edgenode" >&2; exit 69; }
done

# libgpiod 1 and 2 have other words for the same.
if gpioget --version | head -n 1 | grep -q ' v1\.'; then
    level() { gpioget "$chip" "$in"; }
    drive() { exec gpioset --mode=signal "$chip" "$out=$1"; }
else
    level() { gpioget --numeric -c "$chip" "$in"; }
    drive() { exec gpioset -c "$chip" "$out=$1"; }
fi

say() { printf '%-62s %s\n' "$1" "$2"; }
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT

echo "== the board"
say "model" "$(tr -d '\0' </proc/device-tree/model 2>/dev/null || echo unknown)"
say "kernel" "$(uname -r)"
say "strict_gpiod in config.txt" "$(grep -hs '^dtparam=strict_gpiod' /boot/firmware/config.txt /boot/config.txt || echo no)"
say "persist_gpio_outputs" "$(cat /sys/module/pinctrl_bcm2835/parameters/persist_gpio_outputs 2>/dev/null || echo 'no such parameter')"

echo "== 1. the wire"
for wanted in 0 1; do
    (drive $wanted) & driver=$!
    sleep 0.5
    if [ "$(level)" != "$wanted" ]; then
        echo "line $in does not follow line $out: is the wire in, and are the numbers those of $chip?" >&2
        exit 69
    fi
    kill -9 $driver; wait $driver 2>/dev/null
done
say "line $in follows line $out" yes

echo "== 2. a released line"
for wanted in 1 0; do
    (drive $wanted) & driver=$!
    sleep 0.5
    kill -9 $driver; wait $driver 2>/dev/null
    sleep 0.2
    after=$(level)
    say "driven to $wanted, then kill -9: the line is" "$after"
    [ "$wanted" = 1 ] && high=$after || low=$after
done
if [ "$high" = 1 ] && [ "$low" = 0 ]; then
    say "so a released line" "PERSISTS: 'released-line' is no backstop on this board (dtparam=strict_gpiod)"
else
    say "so a released line" "reverts to its pull, $low: a backstop where that is the safe level"
fi

cat >"$work/site.yaml" <<SITE
node: { id: try-board, site: bench }
buses:
  gpio0: { gpio: $chip }
devices:
  - { id: LOOP, bus: gpio0, line: $in, profile: switch, active: high, every: 100ms }
outputs:
  - { id: XV-1, bus: gpio0, line: $out, active: high, energised: open, de-energised: closed, normal: open, safe: closed, backstop: [ watchdog-relay ] }
SITE
edgenode check --site "$work/site.yaml" || exit 1

unit() { # NAME, then what systemd is to do besides
    local name=$1; shift
    systemd-run --quiet --unit="$name" --service-type=notify "$@" edgenode run --site "$work/site.yaml" --data "$work/data-$name" || exit 1
    sleep 3
    edgenode reset --all --data "$work/data-$name" --why "try-board.sh" >/dev/null || exit 1
    for _ in $(seq 100); do
        [ "$(level)" = 1 ] && return
        sleep 0.2
    done
    echo "the output did not come to its normal state; journalctl -u $name says why" >&2
    exit 1
}
until_low() { # SECONDS
    local began; began=$(date +%s%N)
    for _ in $(seq "$(($1 * 50))"); do
        [ "$(level)" = 0 ] && { echo "safe after $((($(date +%s%N) - began) / 1000000)) ms"; return; }
        sleep 0.02
    done
    echo "NOT safe within $1 s"
}
gone() { systemctl stop "$1" 2>/dev/null; systemctl reset-failed "$1" 2>/dev/null; }
stop_post=(-p "ExecStopPost=$(command -v edgenode) outputs safe --site $work/site.yaml")

echo "== 3. an orderly stop"
unit try-stop
systemctl stop --no-block try-stop
say "systemctl stop" "$(until_low 30)"; gone try-stop

echo "== 4. kill -9"
unit try-kill
systemctl kill --kill-whom=main --signal=KILL try-kill
say "without ExecStopPost" "$(until_low 5)"; gone try-kill
unit try-post "${stop_post[@]}"
systemctl kill --kill-whom=main --signal=KILL try-post
say "with ExecStopPost" "$(until_low 30)"; gone try-post

echo "== 5. the process stands still"
unit try-halt "${stop_post[@]}" -p WatchdogSec=10 -p WatchdogSignal=SIGKILL -p NotifyAccess=main
systemctl kill --kill-whom=main --signal=STOP try-halt
say "SIGSTOP, watchdog of 10 s" "$(until_low 30)"; gone try-halt

echo "== 6. power-up"
say "now reboot, and read the line before the gateway starts:" "gpioget $chip $in; it must be 0"
