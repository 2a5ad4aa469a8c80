"""Sets of whole texts, from patterns that are found somewhere in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile

from .code_points import LAST
from .ecmascript import read_pattern
from .patterns import (
    ANYTHING,
    Characters,
    Edge,
    Either,
    Look,
    Node,
    Repeat,
    Sequence,
    Unheld,
    has_zero_width,
)


@dataclass(frozen=True)
class Term:
    """The texts of which an expression describes the whole, or all others."""

    node: Node
    negative: bool = False

    def allows(self, text: str) -> bool:
        return (self._whole.fullmatch(text) is None) == self.negative

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile(_in_python(self.node))


_MOST_FORMS = 64

Language = tuple[tuple[Term, ...], ...]
"""Texts that are in all terms of one of the alternatives."""


@lru_cache(maxsize=1024)
def texts_with(pattern: str) -> Language:
    """The texts in which a pattern is found; raises Unheld."""
    node = read_pattern(pattern)
    branches = node.branches if isinstance(node, Either) else (node,)
    return tuple(_alternative(branch) for branch in branches)


def _alternative(node: Node) -> tuple[Term, ...]:
    """Conditions on what the text begins with or ends with are terms of their own."""
    parts = node.parts if isinstance(node, Sequence) else (node,)
    start = Edge(True)
    if parts and parts[0] == start:
        looks = list(takewhile(lambda part: _looks(part, ahead=True), parts[1:]))
        inner = parts[1 + len(looks) :]
        conditions: list[tuple[Node, Node]] = [(start, part) for part in looks]
        parts = (start, *inner)
    else:
        conditions = []
    if len(parts) > 1 and parts[-1] == Edge(False) and _looks(parts[-2], ahead=False):
        conditions.append((parts[-2], parts[-1]))
        parts = (*parts[:-2], parts[-1])
    terms = [Term(_whole(Sequence(parts)))]
    for pair in conditions:
        look = next(part for part in pair if isinstance(part, Look))
        inside = tuple(look.part if part is look else part for part in pair)
        terms.append(Term(_whole(Sequence(inside)), look.negative))
    return tuple(terms)


def _looks(part: Node, *, ahead: bool) -> bool:
    return isinstance(part, Look) and part.ahead == ahead


def _whole(node: Node) -> Node:
    """The whole of a text in which an expression is found."""
    forms = [
        Sequence(
            (
                *(() if starts else (ANYTHING,)),
                _shortest(inner, at_start=not starts, at_end=not ends),
                *(() if ends else (ANYTHING,)),
            )
        )
        for starts, inner, ends in _anchored(node)
    ]
    return forms[0] if len(forms) == 1 else Either(tuple(forms))


def _shortest(node: Node, *, at_start: bool, at_end: bool) -> Node:
    """Finds the same where anything may be before or behind: no more repetitions than have
    to be are looked for there."""
    parts: list[Node] = list(node.parts) if isinstance(node, Sequence) else [node]
    if at_start and parts:
        parts[0] = _least(parts[0])
    if at_end and parts:
        parts[-1] = _least(parts[-1])
    return Sequence(tuple(parts))


def _least(node: Node) -> Node:
    return Repeat(node.part, node.least, node.least) if isinstance(node, Repeat) else node


def _anchored(node: Node) -> Iterator[tuple[bool, Node, bool]]:
    """The ways to read an expression without anchors, each with whether it begins and ends
    where the text does; raises Unheld for anchors elsewhere."""
    if not has_zero_width(node):
        yield False, node, False
        return
    match node:
        case Edge(is_start=is_start):
            yield is_start, Sequence(()), not is_start
        case Either(branches=branches):
            for branch in branches:
                yield from _anchored(branch)
        case Sequence(parts=parts):
            yield from _anchored_sequence(parts)
        case Repeat(part=part, least=1, most=1):
            yield from _anchored(part)
        case Look(ahead=ahead):
            raise Unheld("a look ahead" if ahead else "a look behind")
        case _:
            raise Unheld("an anchor inside of an expression")


def _anchored_sequence(parts: tuple[Node, ...]) -> Iterator[tuple[bool, Node, bool]]:
    forms: list[tuple[bool, tuple[Node, ...], bool]] = [(False, (), False)]
    for part in parts:
        following: list[tuple[bool, tuple[Node, ...], bool]] = []
        for starts, before, ends in forms:
            for part_starts, inner, part_ends in _anchored(part):
                visible = inner != Sequence(())
                if (part_starts and before) or (ends and visible):
                    raise Unheld("an anchor inside of an expression")
                written = (*before, inner) if visible else before
                following.append((starts or part_starts, written, ends or part_ends))
        forms = following
        if len(forms) > _MOST_FORMS:
            raise Unheld("too many anchors")
    for starts, inner, ends in forms:
        yield starts, Sequence(inner), ends


def matches(language: Language, text: str) -> bool:
    return any(all(term.allows(text) for term in terms) for terms in language)


def _in_python(node: Node) -> str:
    match node:
        case Characters(set=ranges):
            if ranges == ((0, LAST),):
                return r"[\s\S]"
            inside = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
            return f"[{inside}]" if inside else r"[^\s\S]"
        case Sequence(parts=parts):
            return "".join(map(_in_python, parts))
        case Either(branches=branches):
            return f"(?:{'|'.join(map(_in_python, branches))})"
        case Repeat(part=part, least=least, most=most):
            return f"(?:{_in_python(part)}){{{least},{'' if most is None else most}}}"
        case Edge() | Look():
            raise Unheld("an anchor inside of an expression")
