"""Plugins for katad in Python (3.10 or later): copy this file beside yours. Plugin protocol, version 1.

    from kata_plugin import Failed, run_handler
    def handle(job):                                # job.item, .id, .job, .attempt, .cancelled, .progress(text, 0.4),
                                                    # .save(text), and what was saved the last time as .checkpoint
        if not job.item: raise Failed("no item", retry=False)   # True, False, "30s", or None: as the pipeline says
        return job.item.upper()                     # the output, a text, or None
    run_handler(handle, name="upper", version="1.0", concurrency=100)

The main thread reads, so that cancels and pings are seen at once; `threads` others work; one writes, with one system
call for all that has come together since the last. Under load that is hundreds of jobs, and without it nothing waits.
"""
import json, os, queue, threading, time, traceback
encode = json.JSONEncoder(separators=(",", ":")).encode     # plain ASCII on one line


class Failed(Exception):
    def __init__(self, error, retry=None):
        super().__init__(error)
        self.retry = retry


class Request:
    """A job, or a fetch. Long work should look at `cancelled` every second or so, and raise Failed if it is set."""
    def __init__(self, message, send):
        self.id, self.job, self.attempt, self.item, self.checkpoint, self.limit, self.cursor = map(
            message.get, ("id", "job", "attempt", "item", "checkpoint", "limit", "cursor"))
        self.cancelled, self.send = False, send

    def progress(self, text="", fraction=None):
        self.send(type="progress", id=self.id, text=text, fraction=fraction)

    def save(self, checkpoint):     # given back as `checkpoint` if the job is done again; at most 64 KiB, and no NUL
        self.send(type="checkpoint", id=self.id, text=checkpoint)


def run_handler(handle, name=None, version=None, concurrency=1, threads=1, configure=dict):
    """Calls handle(job) for each job. `concurrency` jobs are here at once, `threads` of them in work and the others
    in wait, which makes short jobs fast. Give long jobs as many threads as concurrency: their time runs while they
    wait. configure(config) is called first; if it raises, the plugin ends, with the reason on standard error."""
    def answer(job):
        output = handle(job)
        return {"type": "done", "output": output and output[:65536]}    # no more is kept, and lines have a limit
    _run("handler", answer, threads, configure, name=name, version=version, concurrency=concurrency)


def run_source(fetch, name=None, version=None, poll=0.5, configure=dict):
    """Calls fetch(cursor, limit), at first with the cursor None. It returns (items, cursor to go on from), a cursor
    being a string; ([], None) if there are no items yet, to be asked again after `poll` seconds; or None if there
    will be no more. It should not wait for long itself, and not return more than 8 MiB at once."""
    def answer(request):
        while True:
            items, cursor = fetch(request.cursor, request.limit) or (None, None)
            if items or items is None or request.cancelled:
                return {"type": "items", "items": items or [], "end": items is None,
                        "cursor": cursor if items else request.cursor}
            time.sleep(poll)
    _run("source", answer, 1, configure, name=name, version=version)


def _run(kind, answer, threads, configure, **about):
    stdin, stdout = os.dup(0), os.dup(1)                    # Children don't inherit these two. What they and print()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)            # get is nothing to read,
    os.dup2(2, 1)                                           # and standard error, thus katad's log.
    todo, outbox, goodbye, rest = queue.SimpleQueue(), queue.SimpleQueue(), False, bytearray()
    waiting, unanswered = {}, {}                            # by id; who takes it out of `waiting` is to answer it

    def send(**message):
        outbox.put(encode({key: value for key, value in message.items() if value is not None}) + "\n")

    def work():
        while request := todo.get():
            if waiting.pop(request.id, None):               # else it was cancelled before its turn
                try:
                    send(id=request.id, **answer(request))
                except Failed as why:
                    send(type="failed", id=request.id, error=str(why), retry=why.retry)
                except BaseException as why:                # even sys.exit() ends the job only
                    traceback.print_exc()
                    send(type="failed", id=request.id, error=f"{type(why).__name__}: {why}")
                del unanswered[request.id]

    def write():
        lines = [True]
        while lines[-1]:                                    # waits for a line, and takes all that are there
            lines = [outbox.get() for _ in range(max(1, outbox.qsize()))]
            data = "".join(lines).encode()
            while data:                                     # once, unless a signal cuts it short
                data = data[os.write(stdout, data):]

    def receive(message):                                   # returns whether it was the goodbye
        match message:
            case {"type": "job" | "fetch", "id": number}:
                waiting[number] = unanswered[number] = request = Request(message, send)
                todo.put(request)
            case {"type": "cancel", "id": number} if request := unanswered.get(number):
                request.cancelled = True
                if waiting.pop(number, None):
                    unanswered.pop(number)
                    send(type="failed", id=number, error="cancelled before it began")
            case {"type": "ping", "id": number}:
                send(type="pong", id=number)
            case {"type": "hello", "kind": asked}:
                if asked == kind:
                    configure(message.get("config", {}))
                send(type="hello", protocol=1, kind=kind, pings=True, **about)
            case {"type": "goodbye"}:
                for fetch in list(unanswered.values()) if kind == "source" else ():
                    fetch.cancelled = True                  # it might wait for ever
                return True

    writer, *workers = [threading.Thread(target=what, daemon=True) for what in [write] + [work] * threads]
    for thread in (writer, *workers):
        thread.start()
    while chunk := os.read(stdin, 1 << 20):
        rest += chunk
        if b"\n" in chunk:      # None is inside a string in JSON: as commas they make all messages one array.
            lines, _, rest = rest.rpartition(b"\n")
            goodbye |= any([receive(m) for m in json.loads(b"[" + lines.replace(b"\n", b",") + b"]")])
    if not goodbye:
        os._exit(1)                                         # katad is gone
    for end, ended in ((todo, workers), (outbox, [writer])):    # the last work first, then the last words
        [end.put("") for _ in ended]
        [thread.join() for thread in ended]
