"""The documents, and what the pages take from them."""

import re

from .places import ROOT
from .roff import code, entry, filled, inline, sentence


def blocks(text):
    """The blocks of a Markdown text: (kind, content) with heading, code, table, list or paragraph."""
    lines, index = text.splitlines(), 0
    while index < len(lines):
        line, start = lines[index], index
        if line.startswith("```"):
            index = lines.index("```", index + 1)
            yield "code", lines[start + 1 : index]
            index += 1
        elif heading := re.match(r"(#+) (.*)", line):
            yield "heading", (len(heading[1]), heading[2])
            index += 1
        elif line.startswith("|"):
            while index < len(lines) and lines[index].startswith("|"):
                index += 1
            rows = (re.split(r"(?<!\\)\|", row)[1:-1] for row in lines[start:index])
            cells = [[cell.strip().replace(r"\|", "|") for cell in row] for row in rows]
            yield "table", (cells[0], cells[2:])
        elif item := re.match(r"(- |\d+\. )", line):
            items = []
            while index < len(lines) and lines[index] and not lines[index].startswith("```"):
                if item := re.match(r"(- |\d+\. )(.*)", lines[index]):
                    items.append([item[1].strip(), item[2]])
                else:
                    items[-1][1] += " " + lines[index].strip()
                index += 1
            yield "list", items
        elif line:
            index += 1
            while index < len(lines) and lines[index] and not re.match(r"```|\||#|- ", lines[index]):
                index += 1
            yield "paragraph", " ".join(lines[start:index])
        else:
            index += 1


def page(path):
    """A page as its readers see it: without what only its test reads."""
    return re.sub(r"<!-- run:.*?-->\n?", "", path.read_text(), flags=re.DOTALL)


def document(name):
    """The sections of a document by their headings; what stands before the first is under an empty text."""
    found = {"": []}
    for kind, content in blocks(page(ROOT / "docs" / name)):
        if kind == "heading":
            if content[0] > 1:
                found[content[1]] = []
        else:
            found[list(found)[-1]].append((kind, content))
    return found


def table_of(section):
    return next(rows for kind, (_, *rest) in section if kind == "table" for rows in rest)


def body(section):
    """The lines of a section of a document."""
    lines = []
    tables = sum(kind == "table" for kind, _ in section)
    for kind, content in section:
        if kind == "paragraph":
            lines += [".PP", *filled(inline(content))]
        elif kind == "code":
            lines += code(content)
        elif kind == "list":
            for mark, text in content:
                lines += [rf".IP {chr(92)}(bu 2" if mark == "-" else f".IP {mark} 4", *filled(inline(text))]
        else:
            header, rows = content
            # Where several tables follow one another their headers tell them apart.
            if tables > 1:
                lines += [".PP", *filled(inline(header[0] + ":"))]
            for first, *middle, last in rows:
                notes = ["Required." if cell == "required" else f"{name}: {cell}." for name, cell in zip(header[1:], middle)]
                lines += entry(inline(first), filled(" ".join([inline(sentence(last)), *map(inline, notes)])), 14)
    return lines
