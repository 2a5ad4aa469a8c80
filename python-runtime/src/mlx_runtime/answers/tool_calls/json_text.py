"""Reads calls whose arguments are JSON and that no grammar held.

Several objects in a row, a list of them, or names with a header before the
object, with the arguments' numbers and texts as they were written.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn, cast

from ..tool_formats.tool_format import JsonLayout
from .json_scanner import JsonObjectScanner
from .read_call import ReadCall, Unfinished

_HEADER = re.compile(r"([\w.-]+)\s*(?:\[CALL_ID\]\s*([\w-]+)\s*)?(?:\[ARGS\]\s*)?(?=\{)")
_ARGUMENTS = ("arguments", "parameters")


def read_json_calls(layout: JsonLayout, text: str) -> list[ReadCall]:
    """Raises ValueError or TypeError for what is no call, Unfinished where a text in it has no
    end."""
    reader = _Reader(layout, text)
    calls: list[ReadCall] = []
    while not reader.is_over:
        calls += reader.next()
    if not calls:
        raise ValueError("there is no call")
    return calls


class _Reader:
    def __init__(self, layout: JsonLayout, text: str) -> None:
        self._text = text
        self._header, behind = _HEADER, ""
        if layout.is_numbered:
            opening = re.escape(layout.opening.removesuffix("functions."))
            name = rf"(?:{opening})?\s*(?:functions\.)?([\w.-]+?)()"
            before, _, after = map(re.escape, layout.middle.partition("{index}"))
            self._header = re.compile(rf"{name}{before}\d+\s*{after}\s*")
            behind = re.escape(layout.closing)
        self._between = re.compile(rf"(?:[\s,;]|{behind or '(?!)'})*")
        self._place = 0
        self._skip()

    @property
    def is_over(self) -> bool:
        return self._place >= len(self._text)

    def next(self) -> list[ReadCall]:
        header = self._header.match(self._text, self._place)
        start = self._place if header is None else header.end()
        value, self._place = _decoded(self._text, start)
        if header is not None:
            found = [
                ReadCall(header[1], _object(self._text[start : self._place]), header[2] or None)
            ]
        else:
            values = cast("list[Any]", value) if isinstance(value, list) else [value]
            found = list(map(_call, values))
        self._skip()
        return found

    def _skip(self) -> None:
        between = self._between.match(self._text, self._place)
        self._place = self._place if between is None else between.end()


def _decoded(text: str, start: int) -> tuple[Any, int]:
    decoder = json.JSONDecoder(parse_constant=_refuse)
    try:
        return decoder.raw_decode(text, start)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ValueError as error:
        scanner = JsonObjectScanner()
        if scanner.push(text[start:]) is None and scanner.is_in_text:
            raise Unfinished("a text has no end", until='"') from error
        raise


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _call(value: Any) -> ReadCall:
    if not isinstance(value, dict):
        raise TypeError("a call is an object")
    call = cast("dict[str, Any]", value)
    name, id = call.get("name"), call.get("id")
    if not isinstance(name, str):
        raise TypeError("the call has no name")
    arguments: Any = next((call[key] for key in _ARGUMENTS if call.get(key) is not None), None)
    if not arguments:
        arguments = {}
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return ReadCall(name, _object(text), id if isinstance(id, str) and id else None)


def _object(text: str) -> str:
    """The same text, which must be an object's JSON."""
    if not isinstance(json.loads(text, parse_constant=_refuse), dict):
        raise TypeError("the arguments are not an object")
    return text
