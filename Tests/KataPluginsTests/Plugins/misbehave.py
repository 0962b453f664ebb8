#!/usr/bin/env python3
"""A plugin for tests: misbehave.py MODE, or without an argument the `mode` of its config.

    consumer: { plugin: ./misbehave.py, config: { mode: hang } }

An item that doesn't begin with "bad" is answered at once with the output "ok ITEM". One that does:

signal:NAME       kills itself with SIGNAME; `segv` is signal:SEGV
hang              never answers it, ignores cancel and SIGTERM; others go on, pings are answered
slow-cancel       answers `failed` upon cancel; slow-cancel:S after S seconds more
garbage           writes a line that is no JSON                 not-object, no-type   JSON, but no message
nul               a raw NUL in a string                         nul-escaped           \\u0000 in a string, valid
invalid-utf8      bytes in a string that are no UTF-8           surrogate             a lone \\ud800, escaped
long-line         10 MB without a line feed, then goes on (the answer stands at the end of that line)
long-output       a valid answer with 1 MB of output
wrong-id          answers another id; upon cancel `failed` with the right one
twice             answers twice
no-read           never reads again, and does not answer
flood-stdout      1 GB of log messages, then answers            flood-stderr          the same as lines on stderr
flood-stdout-raw  1 GB without a line feed, then answers
grandchild        starts `sleep 1000` with its stdout and stderr, then dies by SIGKILL; grandchild-setsid in its own session
exit              exits with 3 and a message on stderr          exit-0                exits with 0
close-stdout      closes stdout and goes on reading
no-goodbye        answers it; at the end ignores EOF and SIGTERM (whatever the items were)
no-pong           never answers it, nor pings any more

At the beginning:
start-exit        exits with 3 and a message on stderr          start-silent          never says hello
start-garbage     says something that is no JSON                start-version         says protocol 2
start-kind        says the other kind                           start-concurrency     says concurrency 0
start-answers     sends an answer before its hello

MISBEHAVE_BYTES, or `bytes` in the config, is the size of the floods (1 GB). Nothing of it outlives ten minutes.
"""
import json, os, signal, subprocess, sys, threading, time

mode = sys.argv[1] if len(sys.argv) > 1 else ""
size = int(os.environ.get("MISBEHAVE_BYTES", 1_000_000_000))
hung, pongs = set(), True
signal.alarm(600)


def write(data, fd=1):
    data = memoryview(data)
    while data:
        data = data[os.write(fd, data):]


def say(**message):
    write(json.dumps(message).encode() + b"\n")


def die(words, code=3):
    write(f"misbehave: {words}\n".encode(), 2)
    os._exit(code)


def flood(line, fd=1):
    block, left = line * (65536 // len(line)), size
    while left > 0:
        write(block, fd)
        left -= len(block)


def for_ever():
    while True:
        time.sleep(60)


def hello(message):
    global mode, size
    config = message.get("config", {})
    mode, size = mode or config.get("mode", ""), int(config.get("bytes", size))
    if mode in ("hang", "no-goodbye"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if mode == "start-exit":
        die("can't begin")
    elif mode == "start-silent":
        return
    elif mode == "start-garbage":
        write(b"Welcome to misbehave!\n")
        return
    elif mode == "start-answers":
        say(type="done", id=1)
    kind = message["kind"]
    if mode == "start-kind":
        kind = "source" if kind == "handler" else "handler"
    say(type="hello", protocol=2 if mode == "start-version" else 1, kind=kind, name="misbehave", version="1",
        concurrency=0 if mode == "start-concurrency" else 4, pings=True)


def bad(number, item):
    global pongs
    what, _, argument = mode.partition(":")
    answer = dict(type="done", id=number, output=f"ok {item}")
    line = json.dumps(answer).encode() + b"\n"
    if what in ("signal", "segv"):
        name = "SIG" + (argument or "SEGV").upper().removeprefix("SIG")
        try:
            signal.signal(signal.Signals[name], signal.SIG_DFL)
        except OSError:                         # KILL and STOP
            pass
        os.kill(os.getpid(), signal.Signals[name])
        time.sleep(1)                           # the signal has another effect than the end: go on
        say(**answer)
    elif what in ("hang", "slow-cancel"):
        hung.add(number)
    elif what == "garbage":
        write(b"Segmentation fault, or something like it\n")
    elif what == "not-object":
        write(b"[1,2,3]\n")
    elif what == "no-type":
        write(b'{"id":%d,"output":"x"}\n' % number)
    elif what == "nul":
        write(line.replace(b"ok ", b"ok \0 "))
    elif what == "nul-escaped":
        write(line.replace(b"ok ", b"ok \\u0000 "))
    elif what == "invalid-utf8":
        write(line.replace(b"ok ", b"ok \xff\xfe\xc3 "))
    elif what == "surrogate":
        write(line.replace(b"ok ", b"ok \\ud800 "))
    elif what == "long-line":
        write(b"x" * 10_000_000)
        say(**answer)
    elif what == "long-output":
        say(**{**answer, "output": "x" * 1_000_000})
    elif what == "wrong-id":
        hung.add(number)
        say(**{**answer, "id": number + 1_000_000})
    elif what == "twice":
        write(line + line)
    elif what == "no-read":
        for_ever()
    elif what == "flood-stdout":
        flood(json.dumps(dict(type="log", level="warning", message="flood " * 10, id=number)).encode() + b"\n")
        say(**answer)
    elif what == "flood-stdout-raw":
        flood(b"x" * 64)
        say(**answer)
    elif what == "flood-stderr":
        flood(b"flood " * 10 + b"\n", 2)
        say(**answer)
    elif what in ("grandchild", "grandchild-setsid"):
        subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL, start_new_session=what == "grandchild-setsid")
        os.kill(os.getpid(), signal.SIGKILL)
    elif what == "exit":
        die(f"exits over {item}")
    elif what == "exit-0":
        os._exit(0)
    elif what == "close-stdout":
        os.close(1)
        hung.add(number)
    elif what == "no-pong":
        pongs = False
        hung.add(number)
    else:                                       # no-goodbye, and what is not about items
        say(**answer)


def cancel(number):
    what, _, argument = mode.partition(":")
    if number in hung and what in ("slow-cancel", "wrong-id"):
        hung.discard(number)
        threading.Timer(float(argument or 0), lambda: say(type="failed", id=number, error="cancelled")).start()


def receive(message):
    what, number = message["type"], message.get("id")
    if what == "hello":
        hello(message)
    elif what == "job":
        item = message["item"]
        bad(number, item) if item.startswith("bad") else say(type="done", id=number, output=f"ok {item}")
    elif what == "cancel":
        cancel(number)
    elif what == "ping" and pongs:
        say(type="pong", id=number)
    return what == "goodbye"


if mode == "start-exit":
    die("can't begin")                          # before it reads anything
rest, goodbye = b"", False
while chunk := os.read(0, 1 << 16):
    *lines, rest = (rest + chunk).split(b"\n")
    for line in lines:
        try:
            goodbye |= receive(json.loads(line))
        except OSError as why:                  # stdout is closed, by us or by katad
            if mode != "close-stdout":
                die(f"can't write: {why}", 1)
if mode == "no-goodbye":
    for_ever()
if not goodbye:
    die("katad is gone", 1)
if mode == "hang" and hung:
    for_ever()
while any(isinstance(thread, threading.Timer) for thread in threading.enumerate()):
    time.sleep(0.05)
os._exit(0)
