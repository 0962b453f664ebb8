"""Text as man(7) has it."""

import re
import textwrap

from .words import DOCUMENTS

# The macros are man(7), and not mdoc(7): most of the text comes from Markdown and from help texts, where what is bold
# stands next to any punctuation. In man(7) that is an escape within the line; in mdoc(7) it would need a line of its own.

CODE_WIDTH = 67  # of 80 columns, without the indentation of a section and of its code, and the margin

SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
DIGITS = str.maketrans(SUPERSCRIPTS, "0123456789")


def escaped(text, literal=False):
    """Text as roff takes it. A dash of what is typed stays one that can be copied, rather than become a hyphen."""
    text = re.sub(f"[{SUPERSCRIPTS}]+", lambda power: "^" + power[0].translate(DIGITS), text)
    characters = {"\\": r"\e", "~": r"\(ti", "^": r"\(ha", "…": "...", "→": r"\(->", "←": r"\(<-"}
    if literal:
        characters |= {"-": r"\-", "'": r"\(aq", "`": r"\(ga", '"': r"\(dq"}
    text = "".join(characters.get(character, character) for character in text)
    if not text.isascii():
        raise SystemExit(f"make-man: characters that roff may not know: {text}")
    return text


def typed(text, font):
    """What is typed, in a font. No word of it is torn apart at the end of a line."""
    words = [r"\%" + word if word else "" for word in escaped(text, literal=True).split(" ")]
    # Only what is longer than a line may go on in the next one, after a colon.
    words = [word.replace(r"\(dq:", r"\(dq:\:") if len(word) > 72 else word for word in words]
    return rf"\f{font}{' '.join(words)}\fR"


def whole_words(line):
    """A line in which the mark of words that are not torn apart stands before them: within one it would allow that."""
    return re.sub(r"[^ ]+", lambda word: r"\%" + word[0].replace(r"\%", "") if r"\%" in word[0] else word[0], line)


def bold(text):
    return typed(text, "B")


def italic(text):
    return typed(text, "I")


def marked(text):
    """What is typed: a path in italics, anything else bold."""
    return (italic if PATH.fullmatch(text) else bold)(text)


def reference(page):
    name, section = re.fullmatch(r"(.*)\((\d)\)", page).groups()
    return rf"{bold(name)}({section})"


MARKDOWN = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<bold>[^*]+)\*\*|\[(?P<text>[^\]]+)\]\((?P<link>[^)]+)\)|(?P<page>kata\S*\(\d\))"
)
VARIABLE_OR_PATH = r"\$[A-Z]\w*(?:[/\w.-]*\w)?|(?:~|\.)?/(?:[\w.-]+/)*[\w.-]*[\w/]"
PATH = re.compile(r"(?:\$\w+|~|\.)?/\w[/\w.-]*|\$\w+/[/\w.-]+")
HELP = re.compile(
    r"(?<![\w'])'(?P<code>[^'\n]+)'(?!\w)|(?P<page>kata\S*\(\d\))"
    rf"|(?<![\w:/.-])(?P<option>--?[a-z][a-z-]*\b|{VARIABLE_OR_PATH}|[A-Z]+_[A-Z_]+|TRACEPARENT|kata-ctl [a-z]+)"
)


def inline(text, marks=MARKDOWN):
    """A text with its marks: those of Markdown, or what help texts have in their place, where quotes mark what is typed."""
    parts, end = [], 0
    for match in marks.finditer(text):
        parts.append(escaped(text[end : match.start()]))
        found, end = match.groupdict(), match.end()
        if literal := found.get("code") or found.get("bold") or found.get("option"):
            parts.append(marked(literal))
        elif found.get("page"):
            parts.append(reference(found["page"]))
        else:
            file = found["link"].split("#")[0]
            known = file == found["text"] and DOCUMENTS.get(file)
            parts.append(reference(known) if known else inline(found["text"]))
    return "".join(parts) + escaped(text[end:])


def filled(text):
    """The lines of a paragraph, each sentence from a line of its own on. No line is taken for a request."""
    sentences = re.split(r"(?<=[.:?]) +(?=[A-Z\\])", re.sub(r"\s+", " ", text.strip()))
    lines = [line for sentence in sentences for line in textwrap.wrap(sentence, 78, **AS_THEY_ARE)]
    return [r"\&" + line if line[0] in ".'" else line for line in lines]


AS_THEY_ARE = {"break_long_words": False, "break_on_hyphens": False}


def entry(tag, lines, indentation=4):
    return [f".TP {indentation}", tag, *lines]


def code(lines):
    block = [r"\&" + line if line[:1] in (".", "'") else line for text in lines for line in map(literally, cut(text))]
    return [".PP", ".RS 4", ".EX", *block, ".EE", ".RE"]


def literally(line):
    return escaped(line, literal=True)


def cut(line):
    """A line of code in lines that fit a terminal: comments go above, and the rest goes on where its language lets it."""
    if len(line) <= CODE_WIDTH:
        return [line]
    indentation = re.match(" *", line)[0]
    if comment := re.match(r"(\s*\S.*?) {2,}# (.*)", line):
        return [*cut(f"{indentation}# {comment[2]}"), *cut(comment[1])]
    if line.lstrip().startswith("#"):
        start = indentation + "# "
        return textwrap.wrap(line.lstrip("# "), CODE_WIDTH, initial_indent=start, subsequent_indent=start, **AS_THEY_ARE)
    if line[0] in "→←":
        return joined(re.split(r"(?<=,)(?=[\"{])", line), indentation + " " * 6, "")
    if re.match(r" *(- )?[\w.-]+: *(&\w+ +)?[{\[]", line):
        return joined(re.split(r"(?<=,)(?= )", line), indentation + " " * 4, "")
    return joined(re.split(r"(?= -)", line), indentation + " " * 4, " \\")


def joined(pieces, indentation, mark):
    """As many pieces on each line as fit, and a mark at the end of each line but the last."""
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1] + piece + mark) <= CODE_WIDTH:
            lines[-1] += piece
        else:
            lines[-1] += mark
            lines.append(indentation + piece.lstrip())
    return lines


def sentence(text):
    """A text as a sentence: with a capital, unless it begins with something that is typed, and an end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", ":", "?")) else ".")


def sections(pairs):
    """The sections of a page, without those that are empty."""
    titled = ((f'.SH "{title}"' if " " in title else f".SH {title}", *lines) for title, lines in pairs if lines)
    return [line for lines in titled for line in lines]


def without_first_paragraph_mark(lines):
    """A heading begins a paragraph already."""
    return [
        line
        for before, line in zip(["", *lines], lines)
        if not (line == ".PP" and re.match(r"\.S[HS] |\.PP$", before))
    ]
