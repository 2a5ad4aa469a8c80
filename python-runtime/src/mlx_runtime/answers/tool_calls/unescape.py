"""Escapes in quoted text, as Python and JSON have them."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.|\n))")
_SHORT = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "0": "\0", "\n": ""}
_VERBATIM = "\\\"'/"
_LAST_CODE_POINT = 0x10FFFF


def unescaped(text: str) -> str:
    """What is no escape stays as it is."""
    if "\\" not in text:
        return text
    made = _ESCAPE.sub(_meant, text)
    # Two escapes may be the halves of one character.
    return made.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _meant(match: re.Match[str]) -> str:
    number = match[1] or match[2] or match[3]
    if number is not None:
        code = int(number, 16)
        return chr(code) if code <= _LAST_CODE_POINT else match[0]
    letter = match[4]
    return letter if letter in _VERBATIM else _SHORT.get(letter, match[0])
