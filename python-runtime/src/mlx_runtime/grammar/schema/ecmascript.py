"""Reads regular expressions of JSON Schema, which are ECMAScript's, its Annex B included.

The source of the syntax is ECMA-262, "Regular Expression Objects".
"""

from __future__ import annotations

from .code_points import (
    ANY,
    LAST,
    NONE,
    CodePoints,
    code_points,
    inverse,
    of_category,
    of_text,
    single,
)
from .patterns import EMPTY, Characters, Edge, Either, Look, Node, Repeat, Sequence, Unheld

_DIGITS = of_text("0123456789")
_WORD = code_points([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
_BLANKS = code_points(
    [
        (9, 13),
        (0x20, 0x20),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF),
    ]
)
_LINE_ENDS = of_text("\n\r\u2028\u2029")
_SETS = {
    "d": _DIGITS,
    "D": inverse(_DIGITS),
    "w": _WORD,
    "W": inverse(_WORD),
    "s": _BLANKS,
    "S": inverse(_BLANKS),
}
_CONTROLS = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13}
_HIGH, _LOW, _ABOVE = 0xD800, 0xDC00, 0xE000
"""Where the halves of surrogate pairs begin and end."""
_HEX = frozenset("0123456789abcdefABCDEF")
_MOST_REPEATS = 100_000


def read_pattern(text: str) -> Node:
    """Raises Unheld for what is no regular expression, and for what no automaton can follow."""
    reader = _Reader(text)
    node = reader.either()
    if reader.more:
        raise Unheld(f"an unexpected '{reader.peek()}'")
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def more(self) -> bool:
        return self._at < len(self._text)

    def peek(self, length: int = 1) -> str:
        return self._text[self._at : self._at + length]

    def either(self) -> Node:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self.more and self.peek() not in "|)":
            parts.append(self._repeated(self._term()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _take(self, text: str) -> bool:
        if not self._text.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _next(self) -> str:
        if not self.more:
            raise Unheld("an unexpected end")
        self._at += 1
        return self._text[self._at - 1]

    def _term(self) -> Node:
        character = self._next()
        match character:
            case "^" | "$":
                return Edge(character == "^")
            case ".":
                return Characters(inverse(_LINE_ENDS))
            case "[":
                return Characters(self._class())
            case "(":
                return self._group()
            case "\\":
                return self._escape()
            case "*" | "+" | "?":
                raise Unheld(f"nothing to repeat before '{character}'")
            case _:
                return Characters(single(ord(character)))

    def _group(self) -> Node:
        for opening, ahead, negative in (
            ("?=", True, False),
            ("?!", True, True),
            ("?<=", False, False),
            ("?<!", False, True),
        ):
            if self._take(opening):
                return Look(self._closed(), ahead, negative)
        if self._take("?<") or self._take("?P<"):
            end = self._text.find(">", self._at)
            if end < 0:
                raise Unheld("a group's name without an end")
            self._at = end + 1
        elif self._take("?") and not self._take(":"):
            raise Unheld("a group with flags")
        return self._closed()

    def _closed(self) -> Node:
        node = self.either()
        if not self._take(")"):
            raise Unheld("a group without an end")
        return node

    def _repeated(self, node: Node) -> Node:
        while (bounds := self._bounds()) is not None:
            least, most = bounds
            if most is not None and most < least:
                raise Unheld("a repetition with less at most than at least")
            if max(least, most or 0) > _MOST_REPEATS:
                raise Unheld(f"more than {_MOST_REPEATS} repetitions")
            if isinstance(node, Edge | Look):
                node = node if least else EMPTY
            else:
                node = Repeat(node, least, most)
            # Which text is found does not depend on who is greedy.
            if not self._take("?"):
                self._take("+")
        return node

    def _bounds(self) -> tuple[int, int | None] | None:
        for mark, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(mark):
                return bounds
        if self.peek() != "{":
            return None
        end = self._text.find("}", self._at)
        least, comma, most = self._text[self._at + 1 : max(end, 0)].partition(",")
        # Anything else is a brace like any other character.
        if end < 0 or not least.isdecimal() or not (most.isdecimal() or not most):
            return None
        self._at = end + 1
        return int(least), int(most) if most else None if comma else int(least)

    def _escape(self) -> Node:
        character = self.peek()
        if character in ("b", "B") and character:
            raise Unheld(f"'\\{character}'")
        if character == "k" or ("1" <= character <= "9"):
            raise Unheld("a reference to a group")
        if character in ("A", "z", "Z") and character:
            self._at += 1
            return Edge(character == "A")
        return Characters(self._escaped_set())

    def _escaped_set(self) -> CodePoints:
        """Behind a backslash."""
        character = self._next()
        if character in _SETS:
            return _SETS[character]
        if character in ("p", "P"):
            return self._property(negative=character == "P")
        return single(self._escaped(character))

    def _escaped(self, character: str) -> int:
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character == "0" and not self.peek().isdecimal():
            return 0
        if character == "c" and self.peek().isascii() and self.peek().isalpha():
            return ord(self._next()) % 32
        if character == "x" and (code := self._digits(2)) is not None:
            return code
        if character == "u":
            return self._unicode()
        return ord(character)

    def _unicode(self) -> int:
        if self.peek() == "{":
            end = self._text.find("}", self._at)
            digits = self._text[self._at + 1 : max(end, 0)].lstrip("0") or "0"
            if end > self._at + 1 and set(digits) <= _HEX and int(digits[:7], 16) <= LAST:
                self._at = end + 1
                return int(digits, 16)
        code = self._digits(4)
        if code is None:
            return ord("u")
        if _HIGH <= code < _LOW and self._take("\\u"):
            low = self._digits(4)
            if low is None or not _LOW <= low < _ABOVE:
                raise Unheld("half a surrogate pair")
            return 0x10000 + ((code - _HIGH) << 10) + (low - _LOW)
        return code

    def _digits(self, count: int) -> int | None:
        digits = self.peek(count)
        if len(digits) < count or not set(digits) <= _HEX:
            return None
        self._at += count
        return int(digits, 16)

    def _property(self, *, negative: bool) -> CodePoints:
        if not self._take("{"):
            name = self._next()
        else:
            end = self._text.find("}", self._at)
            name = self._text[self._at : max(end, 0)]
            self._at = end + 1
        found = of_category(name.partition("=")[2] if "=" in name else name)
        if found is None:
            raise Unheld(f"the property '{name}'")
        return inverse(found) if negative else found

    def _class(self) -> CodePoints:
        negative = self._take("^")
        ranges: list[tuple[int, int]] = []
        while not self._take("]"):
            found = self._class_atom()
            if self.peek() == "-" and self.peek(2) not in ("-]", "-"):
                self._at += 1
                last = self._class_atom()
                if _is_single(found) and _is_single(last):
                    if found[0][0] > last[0][0]:
                        raise Unheld("a range of characters that ends before it begins")
                    ranges.append((found[0][0], last[0][0]))
                    continue
                ranges += [(0x2D, 0x2D), *last]
            ranges += found
        made = code_points(ranges)
        return (inverse(made) if made else ANY) if negative else made or NONE

    def _class_atom(self) -> CodePoints:
        character = self._next()
        if character != "\\":
            return single(ord(character))
        if self._take("b"):
            return single(8)
        if self._take("-"):
            return single(0x2D)
        return self._escaped_set()


def _is_single(some: CodePoints) -> bool:
    return len(some) == 1 and some[0][0] == some[0][1]
