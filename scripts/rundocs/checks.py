"""What is looked at and not run: configurations, JSON, and commands in the text."""
import json
import pathlib
import re

from .fault import Fault, with_faults
from .places import PROJECT, SYSTEM_PATH
from .shell import read

# What a part of a configuration is completed with.
PIPELINE = {
    "queue_size": "10", "worker_count": "1", "producer": "{ plugin: inbox }", "consumer": "{ plugin: sleep, duration: 0 }",
}


class Checks:
    """The part of a page that looks."""

    @property
    def here(self):
        """Where the reader is."""
        return pathlib.Path(f"/proc/{self.shell.process.pid}/cwd").readlink()

    def write(self, name, text):
        path = self.here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.local(text) + "\n")
        if text.startswith("#!"):
            path.chmod(0o755)

    def take_configuration(self, text):
        name = re.match(r"# ([\w./-]+\.ya?ml)$", text, re.M)
        content = SYSTEM_PATH.sub(str(self.root), complete(text))
        if name:
            self.write(name[1], complete(text))
        # Programs that a reader has, and this machine has not.
        for program in re.findall(r"\[\s*\./([\w-]+)[,\s\]]", content):
            if not (path := self.here / program).exists():
                path.write_text('#!/bin/sh\necho "$@"\n')
                path.chmod(0o755)
        file = self.here / ".page.yaml"
        file.write_text(content + "\n")
        status, _, output = self.shell.run(f"katad --config {file.name} --check")
        file.unlink()
        if status != 0:
            raise Fault("katad --check finds faults", read(output) + content)
        self.checked("configurations")

    def check_json(self, block):
        text = re.sub(r"^[→←] ", "", block.text, flags=re.M)
        try:
            json.loads(text)
        except ValueError:
            for self.line, line in enumerate(text.splitlines(), block.line):
                try:
                    json.loads(line)
                except ValueError as why:
                    raise Fault(f"this is no JSON: {why}", line)
        self.checked("JSON documents")

    def checked(self, what):
        self.counts["checked"] += 1
        self.tally.checked[what] = self.tally.checked.get(what, 0) + 1

    def check_inline(self):
        prose = re.sub(r"^\s*(```.*?^\s*```|<!-- run:.*?-->)$", lambda found: re.sub(r"[^\n]", " ", found[0]), self.text,
                       flags=re.M | re.S)
        for found in re.finditer(r"`(?:sudo )?((?:kata-ctl|katad|make) [^`]+)`", prose):
            self.line = prose.count("\n", 0, found.start()) + 1
            with_faults(self, lambda: self.look_up(found[1].split()))

    def look_up(self, words):
        if words[0] == "make":
            if re.fullmatch(r"[a-z-]+", words[1]) and not re.search(rf"^{words[1]}:", (PROJECT / "Makefile").read_text(), re.M):
                raise Fault(f"the Makefile has no target '{words[1]}'")
            return self.checked("patterns in the text")
        place = words[:1]
        for word in words[1:]:
            text = self.tally.help_of(self.binaries, place)
            option = re.match(r"\[?(--?[a-z][a-z-]*)", word)
            if word == "--":
                break
            if option and not re.search(rf"(?<![\w-]){re.escape(option[1])}(?![\w-])", text):
                raise Fault(f"`{' '.join(words)}`: there is no option '{option[1]}' in the help")
            if re.search(rf"^  {re.escape(word)}\b.*\S", text.partition("SUBCOMMANDS:")[2], re.M):
                place = [*place, word]
            elif len(place) == 1 and place[0] == "kata-ctl" and re.match(r"[a-z]", word):
                raise Fault(f"`{' '.join(words)}`: kata-ctl has no '{word}'")
        self.checked("patterns in the text")


def complete(text):
    """A whole configuration of one, of keys beside `pipelines`, or of keys of a pipeline."""
    if re.search(r"^pipelines:", text, re.M):
        return text
    indented = text.startswith("    ")
    keys = re.findall(r"^    (\w+):", text, re.M) if indented else []
    lines = ["pipelines:", "  page:"] + [f"    {key}: {value}" for key, value in PIPELINE.items() if key not in keys]
    return "\n".join(lines + [text] if indented else [text] + lines)
