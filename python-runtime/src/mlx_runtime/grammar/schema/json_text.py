"""How texts are written in JSON, as regular expressions of Rust's.

Decoding is a function, so what is said of texts can be said of their
encodings: unions, intersections and complements among well-formed strings
stay what they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from .code_points import ANY, CodePoints, both, code_points, of_text, single, without
from .patterns import Characters, Edge, Either, Look, Node, Repeat, Sequence, Unheld

Escapes = Literal["needed", "likely", "all"]
"""Which characters may be escaped: those that have to be; those that people and
programs escape; all. Where few characters may come, a model that wants another one
would rather begin an escape, so that one is offered only where it is likely."""

_SURE = without(((0x20, 0x7E),), of_text('"\\/'))
"""Characters that nobody escapes."""
_MOST_NARROW = 1000
_SURROGATES: CodePoints = ((0xD800, 0xDFFF),)
_PLAIN = without(ANY, code_points([(0, 0x1F), *of_text('"\\'), *_SURROGATES]))
"""Characters that stand for themselves."""
_SHORT = {'"': '"', "\\": "\\", "/": "/", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}
_BASIC: CodePoints = ((0, 0xD7FF), (0xE000, 0xFFFF))
_ASTRAL: CodePoints = ((0x10000, 0x10FFFF),)
_LAST_ASCII = 0x7F
_FIRST_LOW = 0xDC00
_MOST_ASTRAL = 48
"""Ranges beyond the basic plane whose pairs are spelt out."""
_HEX = "[0-9a-fA-F]"
_NOTHING = r"[^\x00-\x{10FFFF}]"
"""Rust's notation for what is never found."""


def quoted(node: Node, *, escapes: Escapes) -> str:
    """A JSON string whose text an expression describes."""
    return f'"{_inside(node, escapes)}"'


def quoted_text(text: str, *, escapes: Escapes) -> str:
    """Exactly this text."""
    return f'"{"".join(_character(each, escapes) for each in text)}"'


def any_string(least: int, most: int | None, *, escapes: Escapes) -> str:
    return quoted(Repeat(Characters(ANY), least, most), escapes=escapes)


def any_name(*, escapes: Escapes) -> str:
    """Any string in which no character is escaped that nobody escapes, so that a name of such
    characters is spelt in one way."""
    if escapes == "needed":
        return any_string(0, None, escapes=escapes)
    return f'"(?:{"|".join((_class(_PLAIN), *_escaped(without(ANY, _SURE))))})*"'


def _inside(node: Node, escapes: Escapes) -> str:
    match node:
        case Characters(set=ranges):
            return _characters(ranges, escapes)
        case Sequence(parts=parts):
            return "".join(_inside(part, escapes) for part in parts)
        case Either(branches=branches):
            return f"(?:{'|'.join(_inside(branch, escapes) for branch in branches)})"
        case Repeat(part=part, least=least, most=most):
            return f"(?:{_inside(part, escapes)}){times(least, most)}"
        case Edge() | Look():
            raise Unheld("an anchor inside of an expression")


def times(least: int, most: int | None) -> str:
    """How often something is repeated."""
    if most is None:
        return "*" if least == 0 else "+" if least == 1 else f"{{{least},}}"
    return f"{{{least},{most}}}"


@lru_cache(maxsize=4096)
def _character(character: str, escapes: Escapes) -> str:
    return _characters(single(ord(character)), escapes)


@lru_cache(maxsize=4096)
def _characters(ranges: CodePoints, escapes: Escapes) -> str:
    """One character of a set, in each of the ways to write it."""
    forms: list[str] = []
    plain = both(ranges, _PLAIN)
    if plain:
        forms.append(_class(plain))
    if escapes != "needed":
        forms += _escaped(
            ranges if escapes == "all" or _is_wide(ranges) else without(ranges, _SURE)
        )
    else:
        special = [
            chr(code) for first, last in without(ranges, _PLAIN) for code in _few(first, last)
        ]
        forms += [_literal(json.dumps(each)[1:-1]) for each in special]
    if not forms:
        return _NOTHING
    return forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"


def _is_wide(ranges: CodePoints) -> bool:
    return sum(last - first for first, last in ranges) > _MOST_NARROW


def _few(first: int, last: int) -> range:
    """What has to be escaped; halves of surrogate pairs are no characters."""
    return range(first, last + 1) if last <= _LAST_ASCII else range(0)


def _escaped(ranges: CodePoints) -> list[str]:
    forms: list[str] = []
    short = "".join(letter for text, letter in _SHORT.items() if both(ranges, single(ord(text))))
    if short:
        forms.append(rf"\\[{_in_class(short)}]")
    if basic := both(ranges, _BASIC):
        forms.append(rf"\\u{_four_digits(basic)}")
    astral = both(ranges, _ASTRAL)
    if astral and len(astral) <= _MOST_ASTRAL:
        forms.append(_pairs(astral))
    return forms


def _pairs(ranges: CodePoints) -> str:
    """Surrogate pairs: the high halves that have the same low halves together."""
    by_low: dict[CodePoints, list[tuple[int, int]]] = {}
    for first, last in ranges:
        begin = first
        while begin <= last:
            high = 0xD800 + ((begin - 0x10000) >> 10)
            low = 0xDC00 + (begin & 0x3FF)
            if low == _FIRST_LOW and begin + 0x3FF <= last:
                blocks = (last + 1 - begin) >> 10
                by_low.setdefault(((0xDC00, 0xDFFF),), []).append((high, high + blocks - 1))
                begin += blocks << 10
                continue
            end = min(last, begin | 0x3FF)
            key = ((low, 0xDC00 + (end & 0x3FF)),)
            by_low.setdefault(key, []).append((high, high))
            begin = end + 1
    pairs = (
        rf"\\u{_four_digits(code_points(high))}\\u{_four_digits(low)}"
        for low, high in by_low.items()
    )
    return f"(?:{'|'.join(pairs)})"


def _four_digits(ranges: CodePoints) -> str:
    return _digits(ranges, 4)


@lru_cache(maxsize=4096)
def _digits(ranges: CodePoints, count: int) -> str:
    """Hexadecimal numbers of so many digits that are in a set."""
    size = 16 ** (count - 1)
    if ranges == ((0, 16**count - 1),):
        return _HEX if count == 1 else f"{_HEX}{{{count}}}"
    if count == 1:
        return _one_of(code for first, last in ranges for code in range(first, last + 1))
    by_rest: dict[CodePoints, list[int]] = {}
    for digit in range(16):
        begin = digit * size
        rest = tuple((f - begin, e - begin) for f, e in both(ranges, ((begin, begin + size - 1),)))
        if rest:
            by_rest.setdefault(rest, []).append(digit)
    forms = [f"{_one_of(digits)}{_digits(rest, count - 1)}" for rest, digits in by_rest.items()]
    return forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"


def _one_of(digits: Iterable[int]) -> str:
    forms = "".join(map(_digit, digits))
    return forms if len(forms) == 1 else f"[{forms}]"


def _digit(value: int) -> str:
    digit = f"{value:x}"
    return digit if digit.isdecimal() else digit + digit.upper()


def characters_of(ranges: CodePoints) -> str:
    """One character of a set, as it is."""
    return _class(ranges) if ranges else _NOTHING


def _class(ranges: CodePoints) -> str:
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _literal(chr(ranges[0][0]))
    return f"[{''.join(_range(first, last) for first, last in ranges)}]"


def _range(first: int, last: int) -> str:
    begin = _code(first)
    return begin if first == last else f"{begin}-{_code(last)}"


def _in_class(characters: str) -> str:
    return "".join(_code(ord(character)) for character in characters)


def _code(code: int) -> str:
    character = chr(code)
    return character if character.isascii() and character.isalnum() else f"\\x{{{code:X}}}"


def _literal(text: str) -> str:
    """Exactly this text, where Lark and Rust may read something else in it."""
    return "".join(_code(ord(character)) for character in text)
