"""What stands on a page: its blocks, and their commands."""
import dataclasses
import re
import subprocess

from .fault import Fault


@dataclasses.dataclass
class Block:
    line: int
    info: str
    text: str
    notes: dict

    @property
    def lines(self):
        return self.text.splitlines()


def blocks_of(text):
    """The blocks of a page in their order; a comment with commands is one whose info is `hidden`."""
    lines = text.splitlines()
    notes, number = {}, 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.strip() == "<!-- run:":
            end = end_of(lines, number, "-->")
            yield Block(number + 1, "hidden", "\n".join(lines[number:end]), {})
            number = end + 1
        elif found := re.fullmatch(r"\s*<!-- run: (as|not|exits with|until|printed by|printed|column):?\s*(.*?) -->", line):
            notes[found[1]] = found[2]
        elif line.lstrip().startswith("<!-- run"):
            yield Block(number, "fault", f"this comment is not understood: {line}", {})
        elif found := re.fullmatch(r"(\s*)```(\S*)", line):
            end = end_of(lines, number, "```")
            yield Block(number + 1, found[2], "\n".join(l.removeprefix(found[1]) for l in lines[number:end]), notes)
            notes, number = {}, end + 1
        elif line.startswith("|") and "column" in notes:
            end = next((n for n in range(number, len(lines)) if not lines[n].startswith("|")), len(lines))
            yield Block(number, "table", "\n".join(lines[number - 1:end]), notes)
            notes, number = {}, end
        elif line and notes:
            yield Block(number, "fault", "no block follows the comment above", {})
            notes = {}


def cells_of(block):
    """The first command of each cell in a column of a table, with its line. `column Kata, CMD is true` says which column."""
    name, _, replacement = block.notes["column"].partition(", ")
    word, _, command = replacement.partition(" is ")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.lines]
    if name not in rows[0]:
        raise Fault(f"this table has no column '{name}'")
    for number, row in enumerate(rows[2:], block.line + 2):
        if found := re.search(r"`((kata-ctl|katad|systemctl) [^`]+)`", row[rows[0].index(name)]):
            yield number, found[1].replace(word, command) if word else found[1]


def end_of(lines, start, mark):
    return next((number for number in range(start, len(lines)) if lines[number].strip() == mark), len(lines))


def commands_of(block):
    """The commands of a block: line, text, and the lines that they print, or None where the page does not say."""
    found, pending = [], False
    for number, line in enumerate(block.lines, block.line):
        if block.info == "console" and not line.startswith("$ "):
            if not found:
                raise Fault("a session begins with a command: $ COMMAND", line)
            found[-1][2].append(line)
            continue
        line = line.removeprefix("$ ") if block.info == "console" else line
        if pending:
            found[-1][1] += "\n" + line
        elif line.strip() and not line.lstrip().startswith("#"):
            found.append([number, line, [] if block.info == "console" else None])
        else:
            continue
        pending = line.endswith("\\") or not is_complete(found[-1][1])
    return found


def is_complete(text):
    check = subprocess.run(["bash", "-n", "-c", text], capture_output=True)
    return check.returncode == 0 and not check.stderr


def without_comment(text):
    """A command on one line, without the comment behind it. What has several lines, such as a file, stays as it is."""
    quote, line = None, text.replace("\\\n", " ")
    if "\n" in line:
        return text
    for place, letter in enumerate(line):
        if quote:
            quote = None if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "#" and line[:place].endswith((" ", "\t")):
            return line[:place].rstrip()
    return line.rstrip()
