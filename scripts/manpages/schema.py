"""The keys of the configuration, as the schema has them."""

import json
import re

from .roff import MARKDOWN, VARIABLE_OR_PATH, bold, entry, filled, inline, sentence
from .words import PATTERNS, TYPES

SECTIONS = {"producer": "SOURCES", "consumer": "HANDLERS", "pipelines": "A PIPELINE"}
MARKDOWN_OR_VARIABLE = re.compile(rf"{MARKDOWN.pattern}|(?<![\w:/.])(?P<option>{VARIABLE_OR_PATH})")


class Keys:
    """The keys of the configuration, as the schema has them."""

    def __init__(self, schema):
        self.definitions = schema["$defs"]
        # Where maps of several handlers have been told already
        self.told = {}

    def resolved(self, key):
        """A key with what it refers to; its own words go before those of what it refers to."""
        if "$ref" not in key:
            return key
        name = key["$ref"].rpartition("/")[2]
        target = self.resolved(self.definitions[name])
        known = {"type name": TYPES.get(name, target.get("type name"))}
        return {**target, **known, **{word: value for word, value in key.items() if word != "$ref"}}

    def of(self, schema, place=""):
        required = schema.get("required", [])
        lines = []
        for name, key in schema["properties"].items():
            if key:
                lines += self.entry(name, self.resolved(key), name in required, place)
        for pattern, key in schema.get("patternProperties", {}).items():
            lines += entry(bold(pattern.lstrip("^") + "…"), filled(inline(key["description"])))
        return lines

    def entry(self, name, key, required, place):
        facts = [self.type(key)] + (["required"] if required else [])
        text = key.get("description", "")
        if "default" in key:
            value = key["default"]
            text += f" Default: `{value if isinstance(value, str) else json.dumps(value)}`."
        lines = entry(f"{bold(name)} ({inline('; '.join(facts))})", filled(inline(text, MARKDOWN_OR_VARIABLE)))
        below = self.below(key)
        if not below or name in SECTIONS:
            return lines + ([f"The keys are under {SECTIONS[name]}."] if name in SECTIONS else [])
        keys = self.of(below)
        if first := self.told.get((name, *keys)):
            return lines + filled(inline(f"The keys are those of `{name}` of {first}."))
        self.told[(name, *keys)] = place
        return [*lines, ".RS 4", *keys, ".RE"]

    def below(self, key):
        """The map that a key takes, if it has keys of its own."""
        for each in (key, *key.get("anyOf", [])):
            if "properties" in each:
                return each
            more = each.get("additionalProperties")
            if isinstance(more, dict) and "properties" in (entries := self.resolved(more)):
                return entries
        return None

    def type(self, key):
        """What a key takes, in words."""
        key = self.resolved(key)
        if key.get("type name"):
            return key["type name"]
        if alternatives := key.get("anyOf") or key.get("oneOf"):
            if any("pattern" in each for each in alternatives):
                # A number that YAML takes for one where a text is meant.
                alternatives = [each for each in alternatives if each.get("type") != "integer"]
            return " or ".join(dict.fromkeys(map(self.type, alternatives)))
        if "enum" in key:
            *most, last = (f"`{value}`" for value in key["enum"])
            return f"{', '.join(most)} or {last}"
        if "pattern" in key:
            return PATTERNS[key["pattern"]]
        kind = key.get("type")
        if kind == "integer":
            if "maximum" not in key:
                return f"whole number, at least {key['minimum']}"
            return f"whole number, {key['minimum']} to {key['maximum']}"
        if kind == "string":
            return f"text of at most {key['maxLength']} characters" if "maxLength" in key else "text"
        if kind == "array":
            return "list of texts"
        if kind == "object":
            return "map by name" if isinstance(key.get("additionalProperties"), dict) else "map"
        if kind == "boolean":
            return "`true` or `false`"
        if isinstance(kind, list):
            return "text"
        raise SystemExit(f"make-man: no words for what a key takes: {json.dumps(key)}")

    def kinds(self, schema, section):
        """The sources or handlers, each with its keys."""
        plugin = schema["properties"]["plugin"]
        words = dict(re.findall(r"(\w+): ([^;.]+)", plugin["description"]))
        lines = self.of({"properties": {"plugin": plugin}, "required": ["plugin"]})
        for each in schema["allOf"]:
            choice = each["if"]["properties"]["plugin"]
            keys = self.definitions[each["then"]["$ref"].rpartition("/")[2]]
            name = choice.get("const")
            lines += [f'.SS "plugin: {name}"' if name else '.SS "plugin: an executable"']
            told = keys.get("description") or words[name]
            place = f"`plugin: {name}`" if name else "an executable"
            lines += [*filled(inline(sentence(told))), *self.of(keys, f"{place} in {section}")]
        return lines
