"""Programs that go on: daemons, as readers, systemd and a user's systemd start them, and what Ctrl-C ends."""
import dataclasses
import pathlib
import signal
import socket
import time

from .fault import Fault
from .shell import PATIENCE, is_alive, read


@dataclasses.dataclass
class Daemon:
    process: int
    output: pathlib.Path
    line: int
    # Started without `&`: Ctrl-C ends it when the next one is typed into the same terminal.
    in_foreground: bool
    unit: str = ""


class Daemons:
    """The part of a page that starts and ends them."""

    def clone(self, command, _):
        """The folder that a clone makes is there, and is this one, so that `cd kata` leads to it."""
        (self.here / "kata").symlink_to(self.clone_folder)

    def make_run(self, command, _):
        self.expect(0, *self.shell.run(command.replace("make run", "make run -o core")))

    def make_install(self, command, _):
        self.expect(0, *self.shell.run(command.replace("make install", f"make install DESTDIR={self.root}")))

    def start_unit(self, command, found):
        unit = found["unit"]
        for daemon in [daemon for daemon in self.daemons if daemon.unit == unit]:
            if "restart" not in command:
                return
            self.end(daemon)
        name = unit.removeprefix("kata@")
        suffix = "" if name == "kata" else f"-{name}"
        state, runtime = (self.root / f"{place}/kata{suffix}" for place in ("var/lib", "run"))
        for folder in (state, runtime):
            folder.mkdir(mode=0o700, exist_ok=True)
        self.start_daemon(
            f"env -C {state} STATE_DIRECTORY={state} RUNTIME_DIRECTORY={runtime} katad --config {self.root}/etc/kata/{name}.yaml &",
            None, unit)

    def start_user_unit(self, command, _):
        if not any(daemon.unit == "user" for daemon in self.daemons):
            self.start_daemon("katad --user &", None, "user")

    def stop_unit(self, command, found):
        daemons = [daemon for daemon in self.daemons if daemon.unit == found["unit"]]
        if not daemons:
            raise Fault("no such unit was started before on this page")
        self.end(daemons[0])

    def start_daemon(self, command, _, unit=""):
        """Returns when it has told that it is ready, as it tells systemd."""
        if not command.endswith("&") or not unit:
            self.interrupt_foreground()
        path = f"{self.folder}/ready{self.shell.count}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(path)
            ready.settimeout(0.05)
            _, process, output = self.shell.run(f"NOTIFY_SOCKET={path} {command.removesuffix('&')} &")
            daemon = Daemon(process, output, self.line, not command.endswith("&"), unit)
            self.daemons.append(daemon)
            deadline = time.monotonic() + PATIENCE
            while True:
                try:
                    if b"READY=1" in ready.recv(4096):
                        return
                except TimeoutError:
                    if not is_alive(process):
                        self.daemons.remove(daemon)
                        raise Fault("ended before it was ready", read(output))
                    if time.monotonic() > deadline:
                        raise Fault(f"was not ready within {PATIENCE} s", read(output))

    def interrupt_foreground(self):
        for daemon in [daemon for daemon in self.daemons if daemon.in_foreground]:
            self.end(daemon, "INT")

    def end(self, daemon, name="TERM"):
        self.daemons.remove(daemon)
        status, _, _ = self.shell.run(f"kill -{name} {daemon.process} 2>/dev/null; wait {daemon.process}")
        if status != 0:
            raise Fault(f"the daemon ended with {status}", read(daemon.output))

    def run_until_interrupted(self, command, _):
        _, process, output = self.shell.run(f"{command} &")
        deadline = time.monotonic() + PATIENCE
        while is_alive(process):
            printed = read(output)
            if printed and (self.until or "") in printed:
                break
            if time.monotonic() > deadline:
                raise Fault(f"did not print {self.until or 'anything'} within {PATIENCE} s", printed)
            time.sleep(0.01)
        status, _, _ = self.shell.run(f"kill -INT -- -{process} 2>/dev/null; wait {process}")
        self.previous = read(output)
        if status not in (0, 128 + signal.SIGINT):
            raise Fault(f"ended with {status}", self.previous)
        if (self.until or "") not in self.previous:
            raise Fault(f"ended without '{self.until}'", self.previous)
