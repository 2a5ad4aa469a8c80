"""Whether any text follows several patterns and limits of length together.

Texts are tried by their length, the shortest first, with one character for all those that no
expression tells apart. What may follow a character is an expression's derivative by it:
Brzozowski, "Derivatives of Regular Expressions", Journal of the ACM 11(4), 1964.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from .code_points import ANY, CodePoints, both, single, without
from .languages import Language
from .patterns import ANYTHING, EMPTY, Characters, Either, Node, Repeat, Sequence, Unheld

NOTHING = Either(())
_WRITABLE = without(ANY, ((0xD800, 0xDFFF),))
_WORK_PER_SEARCH = 2_000
_WORK = 10_000
"""Parts of expressions that are looked at, for one document: some hundredths of a second."""
_RANGES = 3
"""Of characters, that are looked at as fast as one part."""

_Nodes: TypeAlias = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """To be of a language, or not to be."""

    language: Language
    negative: bool = False

    def can_hold(self, nodes: Iterator[Node], *, ends: bool) -> bool:
        """`nodes`: what is left of its terms. `ends`: with no further character; otherwise
        False only where no text can do it."""
        # Every term takes its node, also of alternatives that decide nothing.
        found = [
            [_holds(next(nodes), term.negative ^ self.negative, ends) for term in terms]
            for terms in self.language
        ]
        return all(map(any, found)) if self.negative else any(map(all, found))


class _TooMuch(Exception):
    """It would take more work than there is."""


class Emptiness:
    """For one document, as the work that it may cause is bounded."""

    def __init__(self) -> None:
        self._known: dict[object, bool] = {}
        self._left = _WORK
        self._search_left = 0

    def is_certain(self, conditions: tuple[Condition, ...], least: int, most: int | None) -> bool:
        """True where no text of such a length, in characters, meets the conditions; False where
        one does, or where finding out takes too long."""
        if _shortest_will_do(conditions, least, most):
            return False
        key = (conditions, least, most)
        if key not in self._known:
            self._search_left = min(self._left, _WORK_PER_SEARCH)
            granted = self._search_left
            try:
                self._known[key] = not self._finds(conditions, least, most)
            except (_TooMuch, Unheld):
                self._known[key] = False
            self._left -= granted - max(0, self._search_left)
        return self._known[key]

    def _finds(self, conditions: tuple[Condition, ...], least: int, most: int | None) -> bool:
        start = tuple(term.node for each in conditions for terms in each.language for term in terms)
        level: dict[_Nodes, None] = {start: None}
        seen: set[_Nodes] = set()
        length = 0
        while level:
            if length >= least:
                if any(_hold(conditions, nodes, ends=True) for nodes in level):
                    return True
                # A longer text that leaves the same is no better.
                seen.update(level)
            if length == most:
                return False
            following = (each for nodes in level for each in self._after(nodes))
            possible = (each for each in following if _hold(conditions, each, ends=False))
            level = dict.fromkeys(each for each in possible if each not in seen)
            length += 1
        return False

    def _after(self, nodes: _Nodes) -> Iterator[_Nodes]:
        sets = dict.fromkeys(found for node in nodes for found in self._first(node))
        classes: list[CodePoints] = [_WRITABLE]
        for each in sets:
            self._spend(sum(1 + (len(one) + len(each)) // _RANGES for one in classes))
            parted = ((both(one, each), without(one, each)) for one in classes)
            classes = [one for pair in parted for one in pair if one]
        for (code, _), *_ in classes:
            yield tuple(self._derivative(node, code) for node in nodes)

    def _first(self, node: Node) -> Iterator[CodePoints]:
        """The sets of which the next character can be."""
        self._spend(1)
        match node:
            case Characters(set=found):
                yield found
            case Either(branches=branches):
                for branch in branches:
                    yield from self._first(branch)
            case Repeat(part=part):
                yield from self._first(part)
            case Sequence(parts=parts):
                for part in parts:
                    yield from self._first(part)
                    if not _is_nullable(part):
                        break
            case _:
                raise Unheld("an anchor inside of an expression")

    def _derivative(self, node: Node, code: int) -> Node:
        """What may follow a character."""
        self._spend(1)
        match node:
            case Characters(set=found):
                return EMPTY if both(found, single(code)) else NOTHING
            case Either(branches=branches):
                return _either(self._derivative(branch, code) for branch in branches)
            case Repeat(part=part, least=least, most=most):
                if most == 0:
                    return NOTHING
                rest = Repeat(part, max(0, least - 1), None if most is None else most - 1)
                return _sequence(self._derivative(part, code), rest)
            case Sequence(parts=parts):
                return _either(self._derivatives(parts, code))
            case _:
                raise Unheld("an anchor inside of an expression")

    def _derivatives(self, parts: tuple[Node, ...], code: int) -> Iterator[Node]:
        for place, part in enumerate(parts):
            yield _sequence(self._derivative(part, code), *parts[place + 1 :])
            if not _is_nullable(part):
                break

    def _spend(self, work: int) -> None:
        self._search_left -= work
        if self._search_left < 0:
            raise _TooMuch


def only(texts: Iterable[str]) -> Node:
    """Just these texts."""
    return _either(
        Sequence(tuple(Characters(single(ord(each))) for each in text)) for text in texts
    )


def _shortest_will_do(conditions: tuple[Condition, ...], least: int, most: int | None) -> bool:
    """True where there is one expression, and a text of it that is as short as can be keeps to the
    limits; False says nothing."""
    if len(conditions) != 1 or conditions[0].negative:
        return False
    for terms in conditions[0].language:
        if len(terms) == 1 and not terms[0].negative:
            length = _shortest(terms[0].node)
            if length is not None and least <= length and (most is None or length <= most):
                return True
    return False


def _shortest(node: Node) -> int | None:
    """Characters; None: no text follows."""
    match node:
        case Characters(set=found):
            return 1 if both(found, _WRITABLE) else None
        case Either(branches=branches):
            lengths = [_shortest(branch) for branch in branches]
            return min((each for each in lengths if each is not None), default=None)
        case Repeat(part=part, least=least):
            length = _shortest(part) if least else 0
            return None if length is None else least * length
        case Sequence(parts=parts):
            total = 0
            for part in parts:
                length = _shortest(part)
                if length is None:
                    return None
                total += length
            return total
        case _:
            return None


def _hold(conditions: Iterable[Condition], nodes: _Nodes, *, ends: bool) -> bool:
    left = iter(nodes)
    return all(each.can_hold(left, ends=ends) for each in conditions)


def _holds(node: Node, negative: bool, ends: bool) -> bool:
    if ends:
        return _is_nullable(node) != negative
    return node != (ANYTHING if negative else NOTHING)


def _is_nullable(node: Node) -> bool:
    match node:
        case Characters():
            return False
        case Either(branches=branches):
            return any(map(_is_nullable, branches))
        case Repeat(part=part, least=least):
            return least == 0 or _is_nullable(part)
        case Sequence(parts=parts):
            return all(map(_is_nullable, parts))
        case _:
            raise Unheld("an anchor inside of an expression")


def _sequence(*nodes: Node) -> Node:
    parts: list[Node] = []
    for node in nodes:
        if node == NOTHING:
            return NOTHING
        if isinstance(node, Repeat) and node.most == 0:
            continue
        parts += node.parts if isinstance(node, Sequence) else (node,)
    return parts[0] if len(parts) == 1 else Sequence(tuple(parts))


def _either(nodes: Iterable[Node]) -> Node:
    branches: dict[Node, None] = {}
    for node in nodes:
        branches |= dict.fromkeys(node.branches if isinstance(node, Either) else (node,))
    if ANYTHING in branches:
        return ANYTHING
    return next(iter(branches)) if len(branches) == 1 else Either(tuple(branches))
