"""Reads calls whose arguments come in a notation of their own: Gemma's and Python's.

A text that follows the notation is read as what it is. Beyond that: bare words,
quotes of any kind, either sign behind a name, blanks anywhere, and arguments
without a name, which come in the order of the function's schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..tool_formats.tool_format import WrittenLayout
from .read_call import ReadCall, Unfinished
from .tagged_values import named_schemas, properties_of, typed_value
from .unescape import unescaped

_BLANKS = re.compile(r"[\s,]*")
_NAME = re.compile(r"[^\s(){}\[\],]+")
_KEY = re.compile(r"([^\s=:(){}\[\],\"'<>]+)\s*[=:]\s*")
_WORDS = re.compile(r"\s*[^\s=:(){}\[\],\"'<>]+(?!\s*[=:])(?=[\s,)\]}]|\Z)")
_SCALAR = re.compile(r"\s*(?:-?[0-9.eE+-]+|[Tt]rue|[Ff]alse|null|None)\s*")
_BEHIND_KEY = re.compile(r"\s*[=:]\s*")
_BEHIND_VALUE = re.compile(r"\s*(?:[,)\]}:]|\Z)")
_CLOSING = {"[": "]", "(": ")", "{": "}"}

Schemas = Mapping[str, Any]


def read_written_calls(
    layout: WrittenLayout, text: str, tools: Sequence[dict[str, Any]]
) -> list[ReadCall]:
    """`text`: between the markers. Raises ValueError for what is no call, Unfinished where a
    text in it has no end."""
    inside = text.strip()
    if layout.head and inside.startswith(layout.head):
        inside = inside[len(layout.head) :].removesuffix(layout.tail)
    try:
        return _Reader(layout, inside, tools).calls()
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


class _Reader:
    def __init__(self, layout: WrittenLayout, text: str, tools: Sequence[dict[str, Any]]) -> None:
        self._layout = layout
        self._text = text
        self._place = 0
        self._tools = tools
        self._quotes = tuple(filter(None, (layout.notation.delimiter, '"""', "'''", '"', "'")))

    def calls(self) -> list[ReadCall]:
        found: list[ReadCall] = []
        self._skip(_BLANKS)
        while self._place < len(self._text):
            found.append(self._call())
            self._skip(_BLANKS)
        if not found:
            raise ValueError("there is no call")
        return found

    def _call(self) -> ReadCall:
        layout = self._layout
        if layout.opening and not self._take(layout.opening):
            raise ValueError("no call begins here")
        name = _NAME.match(self._text, self._place)
        if name is None:
            raise ValueError("the call has no name")
        self._place = name.end()
        if not self._take(layout.middle):
            raise ValueError("the name has no end")
        properties = properties_of(name[0], self._tools)
        arguments = self._members(layout.closing, properties, unnamed=list(properties))
        return ReadCall(name[0], json.dumps(arguments, ensure_ascii=False))

    def _members(self, closing: str, schemas: Schemas, *, unnamed: Sequence[str]) -> dict[str, Any]:
        """Up to behind `closing`. `unnamed`: the names of values without one."""
        members: dict[str, Any] = {}
        while True:
            self._skip(_BLANKS)
            if self._take(closing):
                return members
            if self._place >= len(self._text):
                raise Unfinished(f"{closing} is missing")
            key = self._key()
            if key is None:
                key = next((name for name in unnamed if name not in members), None)
            if key is None:
                raise ValueError("a value has no name")
            members[key] = self._value(schemas.get(key))

    def _key(self) -> str | None:
        found = _KEY.match(self._text, self._place)
        if found is not None:
            self._place = found.end()
            return found[1]
        place = self._place
        quoted = self._quoted()
        behind = _BEHIND_KEY.match(self._text, self._place)
        if quoted is None or behind is None:
            self._place = place
            return None
        self._place = behind.end()
        return quoted

    def _value(self, schema: object, list_end: str | None = None) -> Any:
        text = self._quoted()
        if text is not None:
            return text
        opening = self._text[self._place : self._place + 1]
        if opening == "{":
            self._place += 1
            return self._members("}", named_schemas(schema), unnamed=())
        if opening in _CLOSING:
            self._place += 1
            return self._elements(_CLOSING[opening], schema)
        return typed_value(self._bare(list_end), schema)

    def _elements(self, closing: str, schema: object) -> list[Any]:
        inner = cast("dict[str, Any]", schema).get("items") if isinstance(schema, dict) else None
        elements: list[Any] = []
        while True:
            self._skip(_BLANKS)
            if self._take(closing):
                return elements
            if self._place >= len(self._text):
                raise Unfinished(f"{closing} is missing")
            elements.append(self._value(inner, closing))

    def _quoted(self) -> str | None:
        mark = next((q for q in self._quotes if self._text.startswith(q, self._place)), None)
        if mark is None:
            return None
        begin = self._place + len(mark)
        escapes = mark != self._layout.notation.delimiter
        place = begin
        while (place := self._text.find(mark, place)) >= 0:
            inside = self._text[begin:place]
            # A mark that nothing could follow is a part of the text.
            if not (escapes and _is_escaped(inside)) and _BEHIND_VALUE.match(
                self._text, place + len(mark)
            ):
                self._place = place + len(mark)
                return unescaped(inside) if escapes else inside
            place += 1
        raise Unfinished("a text has no end")

    def _bare(self, list_end: str | None) -> str:
        """A value without quotes. A comma belongs to it where more words without a name follow."""
        begin, place = self._place, self._place
        ends = (list_end,) if list_end else (self._layout.closing, "}", "]")
        while place < len(self._text) and self._text[place] not in ends:
            if self._text[place] == "," and (list_end or self._ends_at(begin, place)):
                break
            place += 1
        if place == begin:
            raise ValueError("a value is missing")
        self._place = place
        return self._text[begin:place].strip()

    def _ends_at(self, begin: int, comma: int) -> bool:
        is_scalar = _SCALAR.fullmatch(self._text, begin, comma) is not None
        return is_scalar or _WORDS.match(self._text, comma + 1) is None

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._place)
        self._place = self._place if found is None else found.end()

    def _take(self, text: str) -> bool:
        if not self._text.startswith(text, self._place):
            return False
        self._place += len(text)
        return True


def _is_escaped(inside: str) -> bool:
    """What follows a backslash that is not escaped itself."""
    return (len(inside) - len(inside.rstrip("\\"))) % 2 == 1
