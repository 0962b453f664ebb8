# What hangs, under a real systemd. Sourced by test-system, whose functions it uses, once a daemon runs in the container.
# A thread is kept from running by ptrace(2).

FREEZE=$PWD/Tests/IntegrationTests/Support/freeze-thread.py

check_hangs() {
    local part
    run sh -c 'command -v python3' > /dev/null || { echo 'system: -     hangs: there is no python3'; return; }
    cp "$FREEZE" "$root/var/freeze-thread.py"
    mkdir -p "$root/etc/systemd/system/kata.service.d"
    # Long enough for a machine that is busy with other things.
    printf '[Service]\nWatchdogSec=8s\nEnvironment=SWIFT_BACKTRACE=enable=no\n' > "$root/etc/systemd/system/kata.service.d/hangs.conf"
    run systemctl daemon-reload && run systemctl restart kata
    until_true 20 is_ready
    # Not the threads of the pool: libdispatch starts others in the place of those that do not run.
    for part in 'event loop:kata-http' 'recorder:kata-recorder' 'timer thread:kata-timer' 'thread kata-exec:kata-exec'; do
        # The thread that starts processes is there with the first job.
        handles true > /dev/null
        check "it is restarted when its ${part%:*} hangs" is_restarted "${part%:*}" "${part#*:}"
    done
    check 'a log that nobody takes is no hang' outlasts stop_journal
    hanging_configuration > "$root/etc/kata/kata.yaml"
    run sh -c 'cd /var/lib/kata && rm -f lines && mkfifo lines && chown kata lines'
    run systemctl restart kata
    until_true 20 is_ready
    check 'a pipe that nobody writes to is no hang' outlasts sleep 20
    check 'a handler that works for longer than the watchdog waits is no hang' outlasts handles 'sleep 20'
    rm "$root/etc/systemd/system/kata.service.d/hangs.conf"
    configuration > "$root/etc/kata/kata.yaml"
    run systemctl daemon-reload && run systemctl restart kata
    until_true 20 is_ready
}

# From the hang to the end systemd waits once for WatchdogSec, and an eighth of it may pass before.
is_restarted() {
    local process freezer began=$SECONDS result=0
    process=$(main_process)
    # It ends with the process.
    run timeout 60 /usr/bin/python3 /var/freeze-thread.py "$process" "$2" > "$work/frozen" 2>&1 &
    freezer=$!
    until_true 5 grep -q '^[1-9]' "$work/frozen" || { cat "$work/frozen"; return 1; }
    until_true 30 is_back "$process" || { echo 'it was not restarted'; result=1; }
    echo "after $((SECONDS - began)) s"
    wait "$freezer" 2> /dev/null
    contains "$(run journalctl -u kata -n 60 --no-pager -o cat)" "does not get on.*$1" || result=1
    return "$result"
}

# The daemon is the same process after that, and works.
outlasts() {
    local process
    process=$(main_process)
    "$@" || return
    same "$(main_process)" "$process" && handles true
}

stop_journal() {
    local journal
    journal=$(property systemd-journald MainPID)
    run kill -STOP "$journal"
    ctl submit counted $(seq 300) > /dev/null
    # Jobs whose standard error goes to the log, as much as fits into a socket and more.
    ctl submit scripts 'seq 20000 >&2' 'seq 20000 >&2' 'seq 20000 >&2' > /dev/null
    sleep 20
    run kill -CONT "$journal"
}

hanging_configuration() {
    configuration
    cat << 'YAML'
  lines:
    queue_size: 10
    worker_count: 1
    producer: { plugin: lines, path: /var/lib/kata/lines }
    consumer: { plugin: sleep, duration: 1ms }
YAML
}
