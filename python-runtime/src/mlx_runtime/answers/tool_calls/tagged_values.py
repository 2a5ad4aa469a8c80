"""Reads calls whose arguments come in tags and that no grammar held, with values by their schema.

Lenient: a tag may be missing, and a text may hold one.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

from ..tool_formats.tool_format import TaggedLayout
from .read_call import ReadCall, Unfinished

_WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("true", "yes", "1", "on"), True),
    **dict.fromkeys(("false", "no", "0", "off"), False),
}
_KINDS: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


def read_tagged_calls(
    layout: TaggedLayout, text: str, tools: Sequence[dict[str, Any]], *, complete: bool = True
) -> list[ReadCall]:
    """`text`: between the markers. Raises ValueError for what is no call and, unless the text
    is `complete`, Unfinished where a value has no end tag."""
    calls: list[ReadCall] = []
    rest = text.strip()
    while rest:
        name, rest = _name(layout, rest)
        properties = properties_of(name, tools)
        arguments, rest = _arguments(layout, rest, properties, complete=complete)
        calls.append(ReadCall(name, json.dumps(arguments, ensure_ascii=False)))
        rest = rest.strip()
    return calls


def _name(layout: TaggedLayout, text: str) -> tuple[str, str]:
    if not text.startswith(layout.opening):
        raise ValueError("no call begins here")
    text = text[len(layout.opening) :]
    if layout.middle:
        name, found, rest = text.partition(layout.middle)
        if not found:
            raise ValueError("the name has no end")
        return name.strip(), rest
    behind = re.search("|".join(map(re.escape, filter(None, ("\n", layout.before_name)))), text)
    place = len(text) if behind is None else behind.start()
    return text[:place].strip(), text[place:]


def _arguments(
    layout: TaggedLayout, text: str, schemas: Mapping[str, Any], *, complete: bool
) -> tuple[dict[str, Any], str]:
    found: dict[str, Any] = {}
    closing = layout.closing.strip()
    behind_name = _behind_name(layout)
    end = _end_of_value(layout)
    while rest := text.lstrip():
        if closing and rest.startswith(closing):
            return found, rest[len(closing) :]
        if not rest.startswith(layout.before_name):
            raise ValueError("neither an argument nor the end of the call")
        rest = rest[len(layout.before_name) :]
        named = behind_name.search(rest)
        if named is None:
            raise ValueError("an argument's name has no end")
        name, rest = rest[: named.start()].strip(), rest[named.end() :]
        ended = end.search(rest)
        if not complete and (ended is None or not ended[0].strip()):
            raise Unfinished("a value has no end tag", until=layout.behind_value.strip("\n"))
        place = len(rest) if ended is None else ended.start()
        found[name] = typed_value(_bare(layout, rest[:place]), schemas.get(name))
        text = "" if ended is None else rest[ended.end() :]
    return found, ""


def _behind_name(layout: TaggedLayout) -> re.Pattern[str]:
    """The end of a name, and the beginning of its value where that has a tag of its own."""
    first, *others = re.split(r"(?<=>)\s*(?=<)", layout.behind_name.strip("\n"))
    missing = "".join(rf"(?:\s*{re.escape(tag)})?" for tag in others)
    return re.compile(rf"{re.escape(first)}{missing}\n?")


def _end_of_value(layout: TaggedLayout) -> re.Pattern[str]:
    """The end tag where another argument or the call's end follows, or those without it."""
    follows = [re.escape(layout.before_name), re.escape(layout.closing.strip()) or None, r"\Z"]
    ahead = rf"(?=\s*(?:{'|'.join(filter(None, follows))}))"
    line = "\n?" if layout.behind_value.startswith("\n") else ""
    tag = re.escape(layout.behind_value.strip("\n"))
    missing = rf"\n{ahead}" if line else rf"\n(?=\s*{follows[0]})|\Z"
    return re.compile(rf"{line}{tag}{ahead}|{missing}")


def _bare(layout: TaggedLayout, value: str) -> str:
    opening, closing = layout.shield or ("", "")
    if opening and value.startswith(opening) and value.endswith(closing):
        return value[len(opening) : -len(closing)]
    return value


def properties_of(function: str, tools: Sequence[dict[str, Any]]) -> Mapping[str, Any]:
    """The schemas of a function's arguments by name. `tools`: in OpenAI's shape."""
    declared = [tool["function"] for tool in tools]
    schema = next((each.get("parameters") for each in declared if each["name"] == function), None)
    return named_schemas(schema)


def named_schemas(schema: object) -> Mapping[str, Any]:
    """Those of an object's properties."""
    properties: Any = cast("Any", schema).get("properties") if isinstance(schema, dict) else None
    return cast("dict[str, Any]", properties) if isinstance(properties, dict) else {}


def typed_value(text: str, schema: object) -> Any:
    """A text as the type that its schema wants; what fits none stays text."""
    kinds = _kinds_of(schema)
    value: Any = text if kinds == {"string"} else _meant(text)
    if not kinds or _KINDS[type(value)] in kinds:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and "number" in kinds:
        return value
    if isinstance(value, float) and value.is_integer() and "integer" in kinds:
        return int(value)
    if "boolean" in kinds:
        return _WORDS.get(text.strip().lower(), text)
    return text


def _meant(text: str) -> Any:
    """What a text is as JSON, or as one of Python's constants."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return {"True": True, "False": False, "None": None}.get(text.strip(), text)
    # More than a float can hold.
    return text if isinstance(value, float) and math.isinf(value) else value


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _kinds_of(schema: object) -> set[str]:
    """Types that a schema names; empty: it does not say."""
    if not isinstance(schema, dict):
        return set()
    keywords = cast("dict[str, Any]", schema)
    named = keywords.get("type")
    if isinstance(named, str):
        return {named}
    if isinstance(named, list):
        return set(cast("list[str]", named))
    choices = [keywords["const"]] if "const" in keywords else keywords.get("enum")
    if isinstance(choices, list):
        return {_KINDS[type(choice)] for choice in cast("list[Any]", choices)}
    branches: Any = keywords.get("anyOf") or keywords.get("oneOf") or []
    return set[str]().union(*map(_kinds_of, branches))
