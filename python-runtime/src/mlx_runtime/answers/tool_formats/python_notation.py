"""Arguments as Python has them: `city="Rome", days=[1, 2]`, with Python's or JSON's constants."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...grammar.schema.raw_text import conditions_of
from .notation import Notation

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MARKS = "\"'"
# Also such as Python could not read, which a function's arguments have all the same.
_NAME = re.compile(r"[\w.$@-]+")


class PythonNotation(Notation):
    def __init__(self) -> None:
        super().__init__(
            assign="=",
            delimiter="",
            names=_NAME,
            keys=_NAME,
            comma="/, ?/",
            colon="/: ?/",
            words=(("True", "true"), ("False", "false"), ("None", "null")),
        )

    def member_keys(self, key: str) -> Sequence[str]:
        return tuple(self.strings(key))

    @property
    def any_key(self) -> str:
        return _unit_strings("*")

    def strings(self, text: str) -> Iterator[str]:
        for mark in _MARKS:
            escapes = {**_ESCAPES, mark: f"\\{mark}"}
            inside = "".join(escapes.get(character) or _spelt(character) for character in text)
            yield f"{mark}{inside}{mark}"

    def quoted(self, schema: dict[str, Any]) -> str:
        least, most = schema.get("minLength", 0), schema.get("maxLength", "")
        conditions = conditions_of(schema)
        if not conditions:
            return _unit_strings(f"{{{least},{most}}}")
        # A pattern is of what the string says, so that is written without escapes.
        said = " & ".join([rf"/(.|\n){{{least},{most}}}/", *conditions])
        return " | ".join(
            rf"{quote} ({said} & /[^{mark}\\\x00-\x1f\x7f]*/) {quote}"
            for mark, quote in ((mark, json.dumps(mark)) for mark in _MARKS)
        )


def _unit_strings(times: str) -> str:
    """A string in either quotes of so many characters, some of them escaped."""
    return " | ".join(
        rf"/{mark}([^{mark}\\\x00-\x1f\x7f]|\\[{mark}\\nrt\/]|{_NUMBERED}){times}{mark}/"
        for mark in _MARKS
    )


_DIGIT = "[0-9a-fA-F]"
_NUMBERED = (
    rf"\\x{_DIGIT}{{2}}|\\u([0-9a-cefA-CEF]{_DIGIT}{{3}}|[dD][0-7]{_DIGIT}{{2}})"
    rf"|\\u[dD][89abAB]{_DIGIT}{{2}}\\u[dD][c-fC-F]{_DIGIT}{{2}}"
)
"""A character by its number, as models copy it from JSON."""


def _spelt(character: str) -> str:
    return f"\\x{ord(character):02x}" if _CONTROL.match(character) else character
