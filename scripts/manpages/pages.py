"""The pages, one for each command, the configuration and the protocol."""

import json
import os
import re
import subprocess

from .help import (
    Command, commands, described, description, environment, examples, exit_status, files, listed, options, see_also,
    synopsis, tag_of,
)
from .markdown import body, document, page, table_of
from .places import ROOT
from .roff import (
    code, entry, escaped, filled, inline, italic, literally, sections, sentence, whole_words,
    without_first_paragraph_mark,
)
from .schema import Keys, SECTIONS


class Maker:
    def __init__(self, binaries):
        self.binaries = binaries
        # Without the commit, so that the pages are the same for each of them.
        self.version = self.run("katad", "--version").split()[0]
        # The day of the newest release: that of the build would make other pages of the same sources.
        dates = re.findall(r"^## .*(\d{4}-\d{2}-\d{2})", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
        self.date = dates[0] if dates else ""
        self.schema = json.loads((ROOT / "config" / "kata.schema.json").read_text())
        self.configuration = document("configuration.md")
        self.operations = document("operations.md")
        self.examples = [page(ROOT / "README.md")]
        self.examples += [page(path) for path in sorted((ROOT / "docs").glob("*.md"))]

    def run(self, name, *arguments):
        # The help is as wide as that says.
        environment = {**os.environ, "COLUMNS": "80"}
        command = [self.binaries / name, *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout

    def command(self, name):
        told = json.loads(self.run(name, "--experimental-dump-help"))["command"]
        # The dump does not tell the groups of subcommands.
        told["groups"], group = {}, None
        for line in self.run(name, "--help").splitlines():
            if title := re.fullmatch(r"([A-Z ]+) SUBCOMMANDS:", line):
                group = title[1].capitalize()
            elif group and (sub := re.match(r"  (\S+)", line)):
                told["groups"][sub[1]] = group
        return Command(told)

    def page(self, page, what, parts):
        name, section = page[:-3], page[-2]
        lines = [
            r".\" Made by scripts/make-man: change what it is made from, and run `make man`.",
            f'.TH {literally(name.upper())} {section} "{self.date}" "Kata {self.version}" "Kata Manual"',
            # Lines that are stretched have gaps beside long words that are typed.
            ".ad l",
            *sections([("NAME", filled(rf"{literally(name)} \- {what}")), *parts]),
        ]
        return f"{name}.{section}", "\n".join(map(whole_words, without_first_paragraph_mark(lines))) + "\n"

    def command_page(self, command, root):
        what = re.split(r"(?<=\w)\. ", command.abstract)[0].rstrip(".")
        what = what if re.match("[A-Z]{2}", what) else what[:1].lower() + what[1:]
        positional = [argument for argument in command.arguments if argument["kind"] == "positional"]
        documents = self.examples if command.parent else self.examples[:1]
        general = ["kata-ctl(1)", "kata.yaml(5)", "kata-plugin(7)", "katad(8)"] if not command.parent else ["katad(8)"]
        return self.page(
            command.page,
            escaped(what),
            [
                ("SYNOPSIS", synopsis(command)),
                ("DESCRIPTION", description(command)),
                ("COMMANDS", commands(command)),
                ("ARGUMENTS", [line for each in positional for line in entry(tag_of(each), described(each), 8)]),
                ("OPTIONS", options(command)),
                ("SIGNALS", body(self.operations["Signals"][:1]) if command.name == "katad" else []),
                ("EXIT STATUS", exit_status(command, self.operations["Exit codes"])),
                ("ENVIRONMENT", environment(command, table_of(self.configuration["Which value counts"]))),
                ("FILES", files(command)),
                ("EXAMPLES", examples(command, documents)),
                ("SEE ALSO", see_also(command, root, general)),
            ],
        )

    def configuration_page(self):
        keys = Keys(self.schema)
        pipeline = self.schema["$defs"]["pipeline"]
        text = self.configuration

        def around(heading, lines):
            """A section with the keys of the schema in the place of its table."""
            place = [kind for kind, _ in text[heading]].index("table")
            return [*body(text[heading][:place]), *lines, *body(text[heading][place + 1 :])]

        def kinds(name):
            return keys.kinds(self.schema["$defs"][name], SECTIONS[name])

        values = ("Paths", "Numbers", "Sizes", "Durations")
        return self.page(
            "kata.yaml(5)",
            "configuration of katad",
            [
                ("SYNOPSIS", [italic("/etc/kata/kata.yaml"), ".br", italic("~/.config/kata/kata.yaml")]),
                ("DESCRIPTION", body(text[""])),
                ("TOP LEVEL", around("Top level", keys.of(self.schema))),
                ("A PIPELINE", around("A pipeline", keys.of(pipeline))),
                ("SOURCES", kinds("producer")),
                ("HANDLERS", kinds("consumer")),
                ("VALUES", [line for name in values for line in (f".SS {name}", *body(text[name]))]),
                ("WHICH VALUE COUNTS", self.precedence(text["Which value counts"])),
                ("EXAMPLES", self.sample()),
                ("SEE ALSO", listed(["kata-ctl(1)", "kata-ctl-init(1)", "kata-plugin(7)", "katad(8)"])),
            ],
        )

    def precedence(self, section):
        lines = []
        for kind, content in section:
            if kind != "table":
                lines += body([(kind, content)])
                continue
            for key, option, variable in content[1]:
                lines += entry(inline(key), [", ".join(inline(cell) for cell in (option, variable) if cell)], 16)
        return lines

    def sample(self):
        text = self.run("kata-ctl", "init", "inbox", "--output", "-")
        return [*filled(inline("What `kata-ctl init inbox` writes:")), *code(text.splitlines())]

    def plugin_page(self):
        text = document("plugin-protocol.md")
        lines = body(text.pop(""))
        long = "A message that is too long for a line of this page goes on below, indented; it is one line all the same."
        lines += [".PP", *filled(long)]
        where = {what: place for what, place in table_of(self.operations["Install under systemd"]) if "plugins" in what}
        found = []
        for what, place in where.items():
            found += entry(italic(place.strip("`").replace("$(PREFIX)", "/usr/local")), filled(inline(sentence(what))))
        also = ["kata-ctl-plugins(1)", "kata-ctl-plugins-test(1)", "kata.yaml(5)", "katad(8)"]
        return self.page(
            "kata-plugin(7)",
            "the protocol of plugins for katad, version 1",
            [
                ("DESCRIPTION", lines),
                *((escaped(title.upper()), body(section)) for title, section in text.items()),
                ("FILES", found),
                ("SEE ALSO", listed(also)),
            ],
        )

    def pages(self):
        daemon, client = self.command("katad"), self.command("kata-ctl")
        made = [self.command_page(command, client) for command in [daemon, *client.all()]]
        return dict([*made, self.configuration_page(), self.plugin_page()])
