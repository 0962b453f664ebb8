"""A page, which is read from its top to its end."""
import json
import os
import re
import shutil
import subprocess
import time

from .blocks import Block, blocks_of, cells_of, commands_of, without_comment
from .checks import Checks
from .daemons import Daemons
from .fault import Fault, with_faults
from .kinds import KINDS, NOT_COMMANDS, READING
from .places import PORT, POSTGRES, PROJECT, SYSTEM_PATH, free_port
from .shape import check_keys, has_shape
from .shell import PATIENCE, Shell, read


class Page(Checks, Daemons):
    def __init__(self, path, binaries, folder, tally):
        self.path, self.binaries, self.folder, self.tally = path, binaries, folder, tally
        self.name = str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
        self.text = path.read_text()
        self.clone_folder, self.root = folder / "kata", folder / "root"
        self.daemons, self.others, self.postgres, self.ports = [], [], None, {}
        self.counts = {"run": 0, "checked": 0, "not run": 0}
        self.faults, self.line, self.until, self.previous, self.has_commands, self.command = [], 0, None, "", False, ""

    # The page

    def run(self):
        self.prepare()
        try:
            for block in blocks_of(self.text):
                self.line = block.line
                with_faults(self, lambda: self.take(block))
                if not self.shell.is_alive:
                    break
            self.check_inline()
        finally:
            try:
                while self.daemons and self.shell.is_alive:
                    self.line = self.daemons[-1].line
                    with_faults(self, lambda: self.end(self.daemons[-1]))
                for process in self.others if self.shell.is_alive else ():
                    with_faults(self, lambda: self.shell.run(f"kill -TERM -- -{process} 2>/dev/null; wait {process}"))
            finally:
                self.shell.close()
                if self.postgres:
                    self.postgres.stdin.close()
                    self.postgres.wait()
        if self.has_commands and not self.counts["run"]:
            self.faults.append((1, "none of the commands of this page is run", ""))

    def prepare(self):
        for name in ("home", "run", "tmp", "outputs", "root/etc/kata", "root/var/lib/kata", "root/var/backups", "root/run/kata"):
            (self.folder / name).mkdir(parents=True, mode=0o700)
        self.clone_folder.mkdir()
        for name in ("README.md", "Makefile", "config", "docs", "scripts", "systemd"):
            copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
            copy(PROJECT / name, self.clone_folder / name)
        (self.clone_folder / "bin").mkdir()
        (self.clone_folder / ".build").mkdir()
        (self.clone_folder / ".build/release").symlink_to(self.binaries)
        environment = {name: os.environ[name] for name in ("USER", "LOGNAME") if name in os.environ} | {
            "PATH": f"{self.clone_folder}/bin:{self.binaries}:{os.environ['PATH']}",
            "HOME": f"{self.folder}/home",
            "XDG_RUNTIME_DIR": f"{self.folder}/run",
            "TMPDIR": f"{self.folder}/tmp",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "TZ": "UTC",
        }
        self.shell = Shell(self.clone_folder, self.folder / "outputs", environment)

    def take(self, block):
        self.has_commands |= block.info in ("sh", "console")
        if "not" in block.notes:
            count = len(list(commands_of(block))) if block.info in ("sh", "console") else 1
            return self.skip(block.notes["not"], count)
        if "as" in block.notes:
            self.write(block.notes["as"], block.text)
            self.checked("files that commands use")
            if "printed by" not in block.notes:
                return
        if "printed" in block.notes:
            return self.compare(block.text.splitlines(), self.previous)
        if "printed by" in block.notes:
            return self.print_until_it_looks_so(block.notes["printed by"], block)
        if block.info in ("sh", "console", "hidden"):
            for self.line, text, output in commands_of(block):
                with_faults(self, lambda: self.run_command(text, output, block))
                if not self.shell.is_alive:
                    return
        elif block.info == "table":
            for self.line, text in cells_of(block):
                with_faults(self, lambda: self.run_command(text, None, block))
        elif block.info == "yaml":
            self.take_configuration(block.text)
        elif block.info == "json" or block.text.startswith(("→ ", "← ")):
            self.check_json(block)
        elif block.info == "fault":
            raise Fault(block.text)
        elif block.info in NOT_COMMANDS:
            self.skip(NOT_COMMANDS[block.info])
        elif block.info != "text":
            raise Fault(f"a block with the info string '{block.info}'; see scripts/run-docs for those that there are")

    def skip(self, reason, count=1):
        self.counts["not run"] += count
        self.tally.not_run[reason] = self.tally.not_run.get(reason, 0) + count

    def run_command(self, text, expected, block):
        self.until, self.command = block.notes.get("until"), text
        command = without_comment(self.local(text))
        bare = re.sub(r"^sudo (-u \w+ )?", "", command)
        for pattern, method, words in KINDS:
            if found := re.match(pattern, bare):
                break
        else:
            found = method = None
        if found and method is None:
            return self.skip(words)
        if self.until is not None:
            method, words = "run_until_interrupted", "what goes on, until Ctrl-C"
        if command != bare and bare.startswith("kata-ctl "):
            # As root finds the system's daemon.
            bare = f"KATA_SOCKET=${{KATA_SOCKET:-{self.root}/run/kata/kata.sock}} {bare}"
        if block.info != "hidden":
            self.counts["run"] += 1
            if method:
                self.tally.otherwise[words] = self.tally.otherwise.get(words, 0) + 1
        if method:
            return getattr(self, method)(bare, found)
        if re.match(r"(\S*/)?katad .*--once", bare):
            self.interrupt_foreground()
        wanted = int(block.notes.get("exits with", 0))
        self.expect(wanted, *self.shell.run(bare))
        if bare.endswith("&"):
            self.others.append(self.shell.run(":")[1])
        if expected and re.match(READING, bare):
            return self.print_until_it_looks_so(text, Block(self.line, "text", "\n".join(expected), {}))
        if expected:
            self.compare(expected, self.previous)

    def expect(self, wanted, status, _, output):
        self.previous = read(output)
        if self.tally.is_verbose:
            print(f"{self.name}:{self.line}: {self.command}\n{self.previous}", end="", flush=True)
        if status != wanted:
            raise Fault(f"ended with {status}, and {wanted} was expected", self.previous)

    def compare(self, expected, printed):
        if not has_shape(expected, printed):
            raise Fault("the output is another one", "\n".join(["the page:", *expected, "now:", printed]))
        self.checked("outputs")

    def print_until_it_looks_so(self, command, block):
        """Of a daemon that works, the moment that the page shows has to be caught."""
        deadline = time.monotonic() + PATIENCE / 2
        while True:
            self.expect(0, *self.shell.run(without_comment(self.local(command))))
            try:
                if block.info == "json":
                    check_keys(json.loads(block.text), json.loads(self.previous))
                    return self.checked("outputs")
                return self.compare(block.lines, self.previous)
            except (Fault, ValueError) as why:
                if time.monotonic() > deadline:
                    raise Fault(str(why), getattr(why, "output", self.previous))
                time.sleep(0.02)

    def local(self, text):
        """What a text says, of this page's files, ports and servers in place of the machine's."""
        text = SYSTEM_PATH.sub(str(self.root), text)
        if not self.tally.is_apart:
            text = PORT.sub(lambda found: self.ports.setdefault(found[0], free_port()), text)
        if POSTGRES.search(text):
            if not self.postgres:
                self.postgres = subprocess.Popen(
                    [PROJECT / "scripts/test-postgres"], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                self.server = self.postgres.stdout.readline().strip()
                if not self.server:
                    raise Fault("there is no PostgreSQL server for this page; see above")
            text = POSTGRES.sub(f"postgres://kata@/kata?host={self.server}", text)
        return text
