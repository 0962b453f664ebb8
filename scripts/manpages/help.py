"""What --help tells."""

import re

from .markdown import blocks, table_of
from .roff import HELP, bold, code, entry, escaped, filled, inline, italic, literally, reference, sentence
from .words import FILES, VARIABLES


class Command:
    """A command as ArgumentParser tells of it."""

    def __init__(self, told, parent=None, group=None):
        self.parent, self.group = parent, group
        self.words = [*(parent.words if parent else []), told["commandName"]]
        self.name = " ".join(self.words)
        self.page = "-".join(self.words) + ("(8)" if self.name == "katad" else "(1)")
        self.abstract = told.get("abstract", "")
        self.discussion = told.get("discussion", "")
        self.default = told.get("defaultSubcommand")
        self.arguments = [argument for argument in told.get("arguments", []) if argument["shouldDisplay"]]
        # Those of its subcommands by name; only the text of the help tells them, see Maker.command.
        groups = told.get("groups", {})
        self.subcommands = [
            Command(sub, self, groups.get(sub["commandName"]))
            for sub in told.get("subcommands", [])
            # ArgumentParser's own, which --help does not list.
            if sub["shouldDisplay"] and sub["commandName"] != "help"
        ]
        abstracts = (argument.get("abstract", "") for argument in self.arguments)
        self.text = "\n".join([self.abstract, self.discussion, *abstracts])

    def all(self):
        yield self
        for sub in self.subcommands:
            yield from sub.all()

    def has(self, *options):
        return any(name["name"] in options for argument in self.arguments for name in argument.get("names", []))


def spelled(name):
    return ("-" if name["kind"] == "short" else "--") + name["name"]


def described(argument):
    """What an argument is for, with its values and its default."""
    text = argument.get("abstract", "").strip()
    if text and text[-1] not in ".?":
        text += "."
    values = argument.get("allValues", [])
    if values and not all(re.search(rf"\b{re.escape(value)}\b", text) for value in values):
        text += f" One of {', '.join(values)}."
    if "defaultValue" in argument and "Default:" not in text:
        text += f" Default: '{argument['defaultValue']}'."
    return filled(inline(text, HELP))


def metavariable(argument):
    return italic(argument["valueName"])


def tag_of(argument):
    if argument["kind"] == "positional":
        return metavariable(argument) + (" ..." if argument["isRepeating"] else "")
    names = sorted(argument["names"], key=lambda name: name["kind"] != "short")
    value = "" if argument["kind"] == "flag" else " " + metavariable(argument)
    return ", ".join(bold(spelled(name)) for name in names) + value


def synopsis(command):
    if command.subcommands:
        sub = r"[\fIsubcommand\fR]" if command.default else r"\fIsubcommand\fR"
        return [f'.SY "{literally(command.name)}"', sub, r"[\fIoptions\fR]", ".YS"]
    lines = []
    options = [argument for argument in command.arguments if argument["kind"] != "positional"]
    positional = [argument for argument in command.arguments if argument["kind"] == "positional"]
    for argument in options + positional:
        names = [name["name"] for name in argument.get("names", [])]
        if names and names[-1] in ("help", "version"):
            continue
        text = metavariable(argument)
        if argument["kind"] != "positional":
            text = bold(spelled(argument["preferredName"])) + ("" if argument["kind"] == "flag" else r"\~" + text)
        if argument["parsingStrategy"] == "allRemainingInput":
            text = r"[\fB\-\-\fR]\~" + text
        elif argument["isOptional"]:
            text = f"[{text}]"
        lines.append(text + (r"\~...\&" if argument["isRepeating"] else ""))
    return [f'.SY "{literally(command.name)}"', *lines, ".YS"]


COMMON = {"socket": 1, "json": 2, "version": 3, "help": 4}


def options(command):
    """The options: those without a group first, because in a page nothing can follow a group that is not of it."""
    groups = {}
    for argument in command.arguments:
        if argument["kind"] != "positional":
            groups.setdefault(argument.get("sectionTitle", ""), []).append(argument)
    lines = []
    for title in sorted(groups, key=bool):
        lines += [f".SS {escaped(title)}"] if title else []
        # What nearly all commands have comes after what is the command's own.
        for argument in sorted(groups[title], key=lambda argument: COMMON.get(argument["names"][-1]["name"], 0)):
            lines += entry(tag_of(argument), described(argument), 8)
    return lines


def description(command):
    lines = filled(inline(command.abstract, HELP))
    for paragraph in command.discussion.split("\n\n") if command.discussion else []:
        lines += [".PP", *filled(inline(paragraph, HELP))]
    if not command.parent and command.subcommands:
        lines += [".PP", *filled(f"Each {italic('subcommand')} has a page of its own.")]
    if command.default:
        lines += [".PP", *filled(f"Without a subcommand it does what {bold(command.default)} does.")]
    return lines


def commands(command):
    """The subcommands, in their groups."""
    lines, group = [], None
    for sub in command.subcommands:
        if sub.group != group:
            group = sub.group
            lines.append(f".SS {escaped(group)}")
        lines += entry(reference(sub.page), filled(inline(sub.abstract, HELP)), 8)
    return lines


def exit_status(command, section):
    """The rows of the table of exit codes that are true of a command, and what the text below says of it."""
    is_client, sub = command.words[0] == "kata-ctl", command.words[1:]
    if sub and command.subcommands:
        return []
    lines = []

    def is_true(number, part):
        if names := re.findall(r"`kata-ctl( [a-z]+)?`", part):
            if not is_client:
                return False
            return not sub or any(name.split() == sub if name else command.has("socket") for name in names)
        if not sub:
            return True
        if number == "75":
            return sub[0] in ("restore", "migrate")
        return number != "78" or command.has("database", "from") or "KATA_CONFIG" in command.text

    found = {}
    for number, meaning in table_of(section):
        parts = [part for part in meaning.split("; ") if is_true(number, part)]
        # On the page of a command its own name says nothing, and on that of the client neither does the client's.
        marks = r"^`kata-ctl( [a-z]+)?`:? (has )?" if sub else r"^`kata-ctl`: "
        parts = [re.sub(marks + r"| \(`kata-ctl`\)", "", part) for part in parts]
        if number == "0" and is_client and sub != ["drain"]:
            parts = ["done"]
        if parts:
            found[number] = "; ".join(parts)
    # What the discussion says of codes that are this command's alone.
    for number, meaning in re.findall(r"Exits with (\d+) if ([^,.]+)", command.discussion):
        found.setdefault(number, meaning)
    for number in sorted(found, key=int):
        lines += entry(bold(number), filled(inline(sentence(found[number]))))
    for paragraph in (content for kind, content in section if kind == "paragraph"):
        for text in re.split(r"(?<=\.) +(?=[A-Z])", paragraph):
            subs = [name.split() for name in re.findall(r"`(?:kata-ctl )?([a-z]+)(?: --[a-z]+)?`", text)]
            if is_client and (not sub or sub in subs or "bulk" in text and command.has("yes")):
                lines += [".PP", *filled(inline(text))]
    return lines


def named(text, things):
    """Those of some files or variables that a text names."""
    return [thing for thing in things if re.search(rf"(?<![\w/.]){re.escape(thing)}(?!\w)", text)]


def files(command):
    text = command.text
    if command.name == "kata-ctl":
        text = "\n".join(sub.text for sub in command.all())
    if command.name == "katad":
        text += " ".join(FILES)
    lines = []
    for name in named(text, FILES):
        lines += entry(italic(name), filled(inline(sentence(FILES[name]))))
    return lines


def environment(command, settings):
    text = command.text
    if command.name == "kata-ctl":
        text = "\n".join(sub.text for sub in command.all())
    lines = []
    for name in named(text.replace("$", " "), VARIABLES):
        lines += entry(bold(name), filled(inline(sentence(VARIABLES[name]))))
    if command.name != "katad":
        return lines
    for key, option, variable in settings:
        name = variable.strip("`")
        if name and name not in VARIABLES or name == "KATA_SOCKET":
            place = f"in place of the key {key} of the configuration" + (f", unless {option} is given" if option else "")
            lines += entry(bold(name), filled(inline(sentence(place))))
    return lines


def examples(command, documents):
    """The lines of code in the documents that run a command, and those in quotes in its own discussion."""
    found = {}
    runs = re.escape(command.name) + (r"(?! \d)" if command.name == "katad" else "") + r"(?![\w-])"
    for text in documents:
        for line in (line for kind, content in blocks(text) if kind == "code" for line in content):
            example, _, comment = line.removeprefix("$ ").partition(" # ")
            # Neither what goes on in the next line, nor what needs the lines around it.
            if re.match(rf"(sudo (-u \w+ )?|crontab -l \| )?{runs}", example) and not example.endswith(("\\", "&")):
                found.setdefault(example.strip(), comment.strip())
    for example in re.findall(rf"'({runs} [^']+)'", command.discussion):
        # Words in capitals stand for something else.
        if not re.search(r"\b[A-Z]{2,}\b", example):
            found.setdefault(example, "")
    lines = []
    for example, comment in found.items():
        lines += [".PP", *filled(inline(sentence(comment).rstrip(".") + ":"))] if comment else []
        lines += code([example])
    return lines


def see_also(command, root, general):
    pages = {}
    by_name = {other.name: other.page for other in root.all()} if root else {}
    if command.parent:
        pages[command.parent.page] = None
        # Those that a text names, and the neighbours of a group that has few.
        for name in re.findall(r"kata-ctl(?: [a-z]+)+", command.text):
            while name and name not in by_name:
                name = name.rpartition(" ")[0]
            if name != command.name:
                pages[by_name[name]] = None
        neighbours = [other for other in command.parent.subcommands if other.group == command.group and other is not command]
        pages.update(dict.fromkeys(other.page for other in neighbours if len(neighbours) < 6))
    pages.update(dict.fromkeys(other.page for other in command.subcommands if not command.group and command.parent))
    pages.update(dict.fromkeys(general))
    pages.pop(command.page, None)
    return listed(pages)


def listed(pages):
    """Pages by section and name, as man pages list them."""
    pages = sorted(pages, key=lambda page: (page[-2], page))
    return [rf".BR \%{literally(page[:-3])} ({page[-2]})" + ("," if page != pages[-1] else "") for page in pages]
