"""Whether an output looks as a page shows it."""
import json
import re

from .fault import Fault


def has_shape(expected, printed):
    """Whether an output has the lines and words that a page shows, up to numbers, times, paths and bars."""

    def word(text):
        if re.fullmatch(r"[█░▇]+", text):
            return r"[█░▇]+"
        if re.fullmatch(r"[^\s/=]*/[\w./-]+[:,]?", text) and not re.fullmatch(r"[\d/]+", text):
            return r"\S+"
        text = re.escape(text).replace("…", ".*")
        return re.sub(r"\d[\d.,:TZ\\-]*(?<!\\)(?<![.,:])|\d", lambda _: r"\\?\d[\d.,:TZ-]*", text)

    pattern = ""
    for line in expected:
        pattern += r"(.*\n)*?" if line.strip() == "…" else r"\s*" + r"\s+".join(map(word, line.split())) + r"[^\S\n]*\n"
    # A page may show a part of it.
    return re.search("^" + pattern, printed.rstrip("\n") + "\n", re.M) is not None


def check_keys(shown, printed):
    """Whether all that a document of the page has is in the real one, too, in the same kinds."""
    if type(shown) is not type(printed) and not {type(shown), type(printed)} <= {int, float}:
        raise Fault(f"{json.dumps(shown)} is {json.dumps(printed)} now")
    if isinstance(shown, dict):
        for key, value in shown.items():
            if key not in printed:
                raise Fault(f"there is no '{key}' any more", json.dumps(printed))
            check_keys(value, printed[key])
    if isinstance(shown, list) and shown:
        if not printed:
            raise Fault("the list is empty now", json.dumps(shown))
        check_keys(shown[0], printed[0])
