#!/usr/bin/env bash
# What does this board do with an output line when the software is gone? Ten minutes, two lines of one chip, one wire. README.md says what each way of calling it shows.
#   sudo ./try-board.sh CHIP OUT IN [EDGENODE]                 a wire between OUT and IN
#   sudo ./try-board.sh --relay CHIP OUT IN [EDGENODE]         the watchdog relay K1 between them: its input on OUT, its contact from 3.3 V to IN
#   sudo ./try-board.sh --after-boot CHIP OUT IN               the wire, before anything has driven OUT since the board was switched on
# For example /dev/gpiochip0 22 23 ./edgenode. Nothing else may hang on the two lines. Exit code 0: each step passed; 1: one failed; 64, 69: it could not be tried.
set -uo pipefail
export LC_ALL=C
mode=wire called="$0 $*"
case ${1:-} in
    --relay) mode=relay; shift ;;
    --after-boot) mode="after-boot"; shift ;;
esac

cannot() { printf 'try-board: %s\n' "$1" >&2; exit "${2:-69}"; }
if [ $# -lt 3 ] || [ $# -gt 4 ] || ! [[ $2 =~ ^[0-9]+$ && $3 =~ ^[0-9]+$ ]] || [ "$2" = "$3" ]; then
    sed -n '3,6s/^# *//p' "$0" >&2
    exit 64
fi
[ "$EUID" -eq 0 ] || cannot "it takes root: sudo $called"
chip=$1 out=$2 in=$3
[ -c "$chip" ] || cannot "$chip is no GPIO chip: 'gpiodetect' or 'edgenode scan gpio' lists those of this board"
for tool in gpioget gpioset gpioinfo; do
    command -v "$tool" >/dev/null || cannot "$tool is missing: sudo apt install gpiod"
done

# libgpiod 1 (Debian 12) and 2 (Debian 13) have other words for the same.
if gpioget --version | head -n 1 | grep -q ' v1\.'; then
    read_line() { gpioget "$chip" "$1" 2>&1; }
    drive() { exec gpioset --mode=signal "$chip" "$out=$1"; }
    told() { gpioinfo "$chip" | grep -E "^[[:space:]]*line[[:space:]]+$1:"; }
else
    read_line() { gpioget --numeric -c "$chip" "$1" 2>&1; }
    drive() { exec gpioset -c "$chip" "$out=$1"; }
    told() { gpioinfo -c "$chip" "$1"; }
fi

# ---- What each step says: what it does, what it expects, what it saw, PASS or FAIL, and what helps.
passed=0 failed=0 took=0 fell=0 summary=()
step() { # TITLE, WHAT IT DOES, WHAT IT EXPECTS
    title=$1 bad=""
    printf '\n== %s\n   does:    %s\n   expects: %s\n' "$1" "$2" "$3"
}
saw() { printf '   saw:     %s\n' "$*"; }
wrong() { # WHAT HELPS. The step goes on, and fails.
    bad=${bad:+$bad$'\n            '}$1
}
verdict() { # OF A STEP THAT PASSED, one line for the end
    if [ -z "$bad" ]; then
        passed=$((passed + 1)) && summary+=("PASS  $title: $1")
        printf '   PASS\n'
    else
        failed=$((failed + 1)) && summary+=("FAIL  $title: ${bad//$'\n            '/; }")
        printf '   FAIL     %s\n' "$bad"
    fi
}
finish() {
    printf '\n== What this board did\n'
    printf '%s\n' "${summary[@]}"
    printf '%s steps, %s passed, %s failed\n' "$((passed + failed))" "$passed" "$failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

# ---- The lines.
now() { ms=$((${EPOCHREALTIME/./} / 1000)); }
level() { # sets level to 0 or 1, or says why there is none: a line that cannot be read is no level
    level=$(read_line "$in")
    [[ $level = [01] ]] || cannot "line $in cannot be read: $level"
}
reaches() { # LEVEL SECONDS: sets took, in ms
    local began; now; began=$ms
    while level; do
        now; took=$((ms - began))
        [ "$level" = "$1" ] && return 0
        [ "$took" -lt $(($2 * 1000)) ] || return 1
        sleep 0.02
    done
}
stays() { # LEVEL SECONDS
    local began; now; began=$ms
    while level; do
        now; took=$((ms - began))
        [ "$level" = "$1" ] || return 1
        [ "$took" -lt $(($2 * 1000)) ] || return 0
        sleep 0.05
    done
}
edges() { # SECONDS: counts edges
    local began last; now; began=$ms; level; last=$level; edges=0
    while [ $((ms - began)) -lt $(($1 * 1000)) ]; do
        sleep 0.02
        level; now
        [ "$level" = "$last" ] || { edges=$((edges + 1)); last=$level; }
    done
}
# Reading OUT makes it an input, on a kernel that lets go of no line by itself as well.
let_go() { read_line "$out" >/dev/null; }
hold() { # LEVEL: another process drives OUT
    (drive "$1") & driver=$!
}
drop() { kill -9 "$driver" 2>/dev/null; wait "$driver" 2>/dev/null; driver=""; }

# ---- What is left behind: nothing, whatever ends this.
work="" unit="" driver=""
# shellcheck disable=SC2317 # by the trap
clean_up() {
    trap '' HUP INT TERM PIPE
    [ -z "$driver" ] || drop
    for job in $(jobs -p); do kill -9 "$job" 2>/dev/null; done # one that was just being started
    [ -z "$unit" ] || end_unit
    [ -z "$work" ] || { let_go; rm -rf "$work"; }
}
trap clean_up EXIT
trap 'cannot "ended by a signal: the gateway it started is stopped, line $out is let go" 130' HUP INT TERM PIPE

# ---- The gateway, as a unit of systemd that ends by itself after five minutes, should this script be killed.
journal() { printf '   its log, the last lines:\n'; tail -n 20 "$log" 2>&1 | sed 's/^/          | /'; }
start() { # NAME ["clean"] [what systemd is to do besides]: the gateway runs, and nothing is reset; with "clean" ExecStopPost cleans up after it
    unit=try-board-$$-$1 log=$work/$1.log data=$work/data-$1; shift
    [ "${1:-}" = clean ] && { shift; set -- -p "ExecStopPost=$work/edgenode outputs safe --site $site --data $data" "$@"; }
    systemd-run --quiet --collect --unit="$unit" --service-type=notify -p TimeoutStartSec=90 -p RuntimeMaxSec=300 -p "StandardOutput=append:$log" -p "StandardError=append:$log" "$@" \
        "$work/edgenode" run --site "$site" --data "$data" && return
    saw "the gateway does not start"; journal
    wrong "what its log says; 'edgenode doctor' and 'gpioinfo' say who has the lines"
    return 1
}
signal() { # NAME: to the gateway's process, as long as there is one
    local pid; pid=$(systemctl show --property=MainPID --value "$unit")
    [ "${pid:-0}" -gt 0 ] && kill "-$1" "$pid" && return
    saw "the gateway ended by itself"; journal
    wrong "what its log says"
    return 1
}
end_unit() { systemctl stop "$unit" 2>/dev/null; systemctl reset-failed "$unit" 2>/dev/null; unit=""; }
over() { end_unit; let_go; }
reset() { # a person lets the output go to its normal state
    local began; now; began=$ms
    until said=$("$work/edgenode" outputs reset XV-1 --data "$data" --why try-board.sh 2>&1); do
        now
        [ $((ms - began)) -lt 30000 ] || { wrong "'outputs reset XV-1' is refused: $said"; return 1; }
        sleep 0.2
    done
    reaches 1 10 || { wrong "the output does not come to its normal state; 'outputs reset XV-1' said: $said"; return 1; }
}

facts() {
    local strict
    strict=$(grep -hs '^[[:space:]]*dtparam=.*strict_gpiod' /boot/firmware/config.txt /boot/config.txt)
    printf '== The board\n'
    printf '   %-28s %s\n' model "$(tr -d '\0' 2>/dev/null </proc/device-tree/model || echo unknown)" kernel "$(uname -r)" \
        "strict_gpiod in config.txt" "${strict:-no}" \
        persist_gpio_outputs "$(cat /sys/module/pinctrl_*/parameters/persist_gpio_outputs 2>/dev/null || echo 'no such parameter')" \
        tools "$(gpioget --version | head -n 1)" "line OUT, says the kernel" "$(told "$out" | tr -s '[:space:]' ' ')" "line IN, says the kernel" "$(told "$in" | tr -s '[:space:]' ' ')"
}

if [ "$mode" = after-boot ]; then
    facts
    read -r up _ </proc/uptime
    step "The pull from power-up on" "reads line $in, on which the wire brings the level of line $out; line $out is not touched" "0: nothing has driven it since the board was switched on, and its pull is low"
    level
    saw "$level, $up s after the kernel's start"
    [ "$level" = 0 ] || wrong "an output that is active high needs a line that pulls down from power-up on (9 to 27 of a BCM2835 to BCM2711), or 10 kOhm to ground"
    verdict "low $up s after the kernel's start"
    printf '\nWhere the line stands before the kernel runs no program sees: a lamp or a meter on it shows that.\n'
    finish
fi

# ---- What the steps with the gateway need.
edgenode=$(realpath "$(command -v "${4:-edgenode}")" 2>/dev/null) || cannot "${4:-edgenode} is no executable: give its path as the last word"
version=$("$edgenode" --version 2>&1) || cannot "$edgenode does not run: $version"
{ command -v systemd-run && systemctl show --property=Version; } >/dev/null 2>&1 || cannot "systemd does not answer: the steps are about what it does for the gateway"
for line in "$out" "$in"; do
    level=$(read_line "$line")
    [[ $level = [01] ]] || cannot "line $line cannot be taken: $level; 'gpioinfo' says who has it, and a gateway is stopped by: systemctl stop edgenode"
done
if [ -t 0 ]; then
    read -rp "Lines $out and $in of $chip are driven now. Nothing but the $mode is on them? Enter goes on, Ctrl-C ends this. "
fi
work=$(mktemp -d /tmp/try-board.XXXXXX) || cannot "no folder can be made in /tmp"
ln -s "$edgenode" "$work/edgenode"
facts
printf '   %-28s %s\n' edgenode "$version" systemd "$(systemctl show --property=Version --value)"

cat >"$work/output.yaml" <<SITE
node: { id: try-board, site: bench }
buses:
  gpio0: { gpio: $chip }
devices:
  - { id: GPIO-1, bus: gpio0, profile: bus-health, every: 1s, quantities: [ lost-edges ] }
outputs:
  - { id: XV-1, bus: gpio0, line: $out, active: high, energised: open, de-energised: closed, normal: open, safe: closed, backstop: [ released-line ] }
SITE
{ sed '/^outputs:/,$d' "$work/output.yaml"; printf 'heartbeat: { bus: gpio0, line: %s, every: 500ms }\n' "$out"; } >"$work/heartbeat.yaml"
for site in "$work/output.yaml" "$work/heartbeat.yaml"; do
    said=$("$edgenode" check --site "$site" 2>&1) || cannot "this edgenode takes another site file than the script has: $said"
done

if [ "$mode" = relay ]; then
    site=$work/heartbeat.yaml
    step "1. K1 without a heartbeat" "lets line $out go, and reads K1's contact on line $in for 5 s" "0: the contact is open"
    let_go
    if reaches 0 15 && stays 0 5; then saw "0"; else saw "$level"; wrong "K1's contact is closed without a heartbeat: it is kept by a level, or the other contact (normally closed) is wired, or line $in does not pull down"; fi
    verdict "open"
    step "2. K1 with a heartbeat" "the gateway's heartbeat on line $out, an edge each 500 ms, for 15 s" "1 within 10 s, and then throughout"
    if start beat; then
        if ! reaches 1 10; then saw "0 for 10 s"; wrong "K1 is not picked up by a 3.3 V line: its input, its supply, the opto-coupler"
        elif ! stays 1 15; then saw "1, and 0 after $took ms"; wrong "K1's time is shorter than the heartbeat's period: set 1.5 to 2.5 s"
        else saw "1 throughout"; fi
    fi
    verdict "closed throughout"
    step "3. K1 when the process stands still" "SIGSTOP; later SIGCONT" "0 within 10 s; 1 again"
    if signal STOP && reaches 0 10; then saw "0 after $took ms"; else saw "$level"; wrong "K1 stays without edges: it is no retriggerable off-delay relay, or its time is longer than 10 s"; fi
    fell=$took
    { signal CONT && reaches 1 10; } || wrong "K1 does not come back with the heartbeat"
    verdict "open after $fell ms"
    step "4. K1 after kill -9" "kill -9, and nobody cleans up" "0 within 10 s, and it stays so"
    if signal KILL && reaches 0 10 && fell=$took && stays 0 3; then saw "0 after $fell ms"; else saw "$level"; wrong "K1 stays without a gateway: it is kept by a level, which this kernel may keep on the line"; fi
    over
    verdict "open after $fell ms"
    finish
fi

site=$work/output.yaml
cleaned() {
    grep -q 'XV-1: closed, its safe state' "$log" && return
    saw "ExecStopPost did not drive it"; journal
    wrong "what its log says: without ExecStopPost nobody but the pull makes it safe"
}

step "1. The wire" "drives line $out to 0, to 1 and to 0, and reads line $in" "line $in follows"
for wanted in 0 1 0; do
    hold $wanted
    reaches $wanted 3 || { saw "line $in is $level while line $out is driven to $wanted"; wrong "is the wire in, are these the numbers of $chip's lines (not the pins of the header), and does nothing else hang on them?"; }
    drop
    [ -z "$bad" ] || { verdict ""; finish; }
done
saw "0, 1, 0"
verdict "line $in follows line $out"

step "2. The pull" "lets line $out go, to be an input as from power-up on, and reads line $in for 2 s" "0: the pull is the safe level of an output that is active high"
let_go
if reaches 0 1 && stays 0 2; then saw "0"; else saw "$level"; wrong "take a line that pulls down (9 to 27 of a BCM2835 to BCM2711), or wire 10 kOhm to ground; the pull of line $in works on the wire too"; fi
verdict "low while nobody drives it"

step "3. A released line" "drives line $out to 1 and kills that process with -9; the same with 0" "what the kernel says of itself (edgenode doctor): it keeps a released line, or lets it fall"
after=()
for wanted in 1 0; do
    hold $wanted
    reaches $wanted 3 || wrong "line $in does not follow"
    drop
    sleep 0.5
    level
    after+=("$level")
    let_go
done
if [ "${after[*]}" = "1 0" ]; then rule=persists; elif [ "${after[0]}" = "${after[1]}" ]; then rule=reverts; else rule=neither; fi
said=$("$edgenode" doctor --site "$site" --data "$work/none" 2>&1 | grep 'released-line:')
saw "1, then ${after[0]}; 0, then ${after[1]}: a released line $rule"
saw "doctor: ${said:-nothing}"
case "$rule $said" in
    neither*) wrong "the level after the release goes by nothing known: look for something else on the lines" ;;
    "persists right"*) wrong "the kernel says that it lets a line go, and it does not: trust the line, take released-line out of 'backstop', and tell us" ;;
    "reverts WRONG"*) wrong "the kernel says that it keeps a line, and it does not: tell us" ;;
esac
[ $rule = persists ] && says="PERSISTS: 'released-line' is no backstop here (dtparam=strict_gpiod in /boot/firmware/config.txt, and a reboot)" || says="reverts to its pull, which is ${after[1]}"
verdict "$says"

step "4. Normal and safe, by hand" "starts the gateway; outputs reset; outputs safe; outputs reset" "0 until the reset, 1, 0, 1"
is_normal=""
if start hand; then
    stays 0 3 || wrong "it left its safe state and nobody had reset it"
    seen=$level
    if reset; then
        seen="$seen, 1"
        said=$("$work/edgenode" outputs safe XV-1 --data "$data" --why try-board.sh 2>&1) || wrong "outputs safe: $said"
        { reaches 0 10 && stays 0 2; } || wrong "outputs safe does not make it safe, or it does not stay so"
        seen="$seen, $level"
        reset && seen="$seen, 1" && is_normal=yes
    fi
    saw "$seen"
fi
verdict "0 until a person resets, 1, 0 by outputs safe, 1"

step "5. An orderly stop" "systemctl stop" "0, and it stays so"
if [ -n "$is_normal" ]; then
    systemctl stop --no-block "$unit"
    if reaches 0 40; then saw "0 after $took ms"; fell=$took; stays 0 3 || { saw "$level after the end of the process"; wrong "the pull takes it: see step 2"; }
    else saw "1"; journal; wrong "the gateway does not drive it safe on its way out: see its log"; fi
else wrong "not tried: the gateway did not come to its normal state"; fi
over
verdict "0 after $fell ms"

case $rule in reverts) due="0 at once, by the pull" ;; *) due="1: this kernel keeps the line, and nobody makes it safe. Step 7 is for that" ;; esac
step "6. kill -9, and nobody cleans up" "kill -9; the unit has no ExecStopPost" "$due"
if start kill && reset; then
    signal KILL
    if [ $rule = reverts ]; then
        if reaches 0 5 && fell=$took && stays 0 3; then saw "0 after $fell ms"; says="0 after $fell ms, by the pull"; else saw "$level"; wrong "the pull is not the safe level: see step 2"; fi
    elif stays 1 5; then saw "1 for 5 s"; says="stays 1: nobody makes it safe"
    else saw "$level"; wrong "not as in step 3: look for what else hangs on the lines"; fi
fi
over
verdict "$says"

step "7. kill -9, and ExecStopPost" "kill -9; the unit has ExecStopPost=edgenode outputs safe --site ..." "0, driven by the verb, and it stays so"
if start post clean && reset; then
    signal KILL
    if reaches 0 30 && fell=$took && stays 0 5; then saw "0 after $fell ms"; else saw "$level"; wrong "it is not safe, or does not stay so: where a line reverts the pull has it when the verb ends (step 2)"; fi
    cleaned
fi
over
verdict "0 after $fell ms"

step "8. The process stands still" "SIGSTOP; the unit has WatchdogSec=10, WatchdogSignal=SIGKILL and ExecStopPost" "1 until systemd kills it, which takes up to 10 s; then 0, and it stays so"
if start halt clean -p WatchdogSec=10 -p WatchdogSignal=SIGKILL -p NotifyAccess=main && reset; then
    signal STOP
    if stays 1 2 && reaches 0 30 && fell=$((took + 2000)) && stays 0 5; then saw "0 after $fell ms"; else saw "$level"; wrong "it is not safe, or does not stay so: what step 7 says"; fi
    cleaned
fi
over
verdict "0 after $fell ms; until then only a watchdog relay would have helped"

site=$work/heartbeat.yaml
step "9. The heartbeat" "the gateway's heartbeat on line $out, an edge each 500 ms: 5 s; SIGSTOP, 3 s; SIGCONT, 5 s; kill -9, 3 s" "9 to 11 edges; none; 9 to 11; none. A watchdog relay falls twice"
if start beat; then
    seen=()
    for name in "" STOP CONT KILL; do
        # What comes at once with the signal is no beat: a released line falls to its pull, a process that goes on makes up for its pause.
        [ -z "$name" ] || { signal "$name"; sleep 2; }
        case $name in
            STOP | KILL) edges 3; [ "$edges" -eq 0 ] || wrong "edges after SIG$name: something else drives the line" ;;
            *) edges 5; { [ "$edges" -ge 9 ] && [ "$edges" -le 11 ]; } || wrong "$edges edges in 5 s: is the board busy with something else? The watchdog relay's time is to be 3 periods at least" ;;
        esac
        seen+=("$edges")
    done
    saw "${seen[*]} edges"
fi
over
verdict "beats while the gateway thinks, stands still when it does not"

printf '\nNot shown by this: K1 itself (--relay), the level from power-up on (reboot with the wire in and the gateway disabled, then --after-boot), and the board'\''s own watchdog (README.md).\n'
finish
