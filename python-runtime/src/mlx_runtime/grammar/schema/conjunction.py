"""Several schemas that one value has to follow, taken apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeAlias, cast

from .document import Document, Schema
from .negation import negated
from .patterns import Unheld
from .vocabulary import COMBINING, PLAIN, REST, REST_ITEMS, malformed, misspelt

Conjunction: TypeAlias = tuple[Schema, ...]
"""Schemas that hold together; known by identity."""


class Impossible(Exception):
    """No value follows the schema."""


class TooLarge(Exception):
    """More work than a request may ask for."""


class Choice(NamedTuple):
    """Conjunctions of which one has to be followed, and where that is said."""

    branches: Sequence[Conjunction]
    part: dict[str, Any]
    keyword: str


@dataclass(slots=True)
class Flat:
    """What a conjunction says."""

    parts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Schemas without keywords that combine others."""
    choices: list[Choice] = field(default_factory=list[Choice])
    """One of each has to be followed besides."""
    exclusive: list[Choice] = field(default_factory=list[Choice])
    """Those of which no two may be followed."""


class Tells(Protocol):
    """Takes note of what is not held."""

    def __call__(self, part: dict[str, Any], keyword: str, why: str = "") -> None: ...


_MOST_PARTS = 20_000
"""That are looked at for one document; the largest of real ones take a tenth of it."""


class Flattening:
    """References are followed and combinations spread out; what is made on the way is kept, so
    that what is the same stays the same object."""

    def __init__(self, document: Document, tell: Tells, most_ways: int | None = None) -> None:
        """`most_ways`: to follow the choices of one conjunction together; those that would
        make more of them are not held."""
        self._document = document
        self._tell = tell
        self._most_ways = most_ways
        self._made: dict[object, dict[str, Any]] = {}
        self._looked_over: dict[int, dict[str, Any]] = {}
        """By identity, which holds only while the part is kept."""
        self._known: dict[tuple[int, ...], Flat | None] = {}
        self._kept: list[Conjunction] = []
        self._parts_left = _MOST_PARTS

    def flatten(self, conjunction: Conjunction) -> Flat:
        """Raises Impossible, and TooLarge."""
        key = tuple(id(part) for part in conjunction)
        if key not in self._known:
            self._kept.append(conjunction)
            try:
                self._known[key] = self._flatten(conjunction)
            except Impossible:
                self._known[key] = None
        known = self._known[key]
        if known is None:
            raise Impossible
        return known

    def branches(self, flat: Flat) -> Iterator[Conjunction]:
        """The ways to follow the first choice, with all that is said besides."""
        first, *others = flat.choices
        rest = tuple(self._choice(each) for each in others)
        for branch in first.branches:
            yield (*flat.parts, *rest, *branch)

    def make(self, key: object, schema: dict[str, Any]) -> dict[str, Any]:
        return self._made.setdefault(key, schema)

    def _choice(self, choice: Choice) -> Schema:
        key = ("choice", tuple(tuple(map(id, branch)) for branch in choice.branches))
        made = [
            self.make(("all", tuple(map(id, branch))), {"allOf": list(branch)})
            for branch in choice.branches
        ]
        return self.make(key, {"anyOf": made})

    def _flatten(self, conjunction: Conjunction) -> Flat:
        flat = Flat()
        waiting = list(reversed(conjunction))
        seen: set[int] = set()
        while waiting:
            part = waiting.pop()
            if part is False:
                raise Impossible
            if not isinstance(part, dict) or id(part) in seen:
                continue
            seen.add(id(part))
            self._parts_left -= 1
            if self._parts_left < 0:
                raise TooLarge
            if self._document.is_reference(part):
                waiting.extend(self._referred(part, "$ref"))
                continue
            self._tell_mistakes(part)
            more = self._combined(part, flat, is_whole=conjunction == (part,))
            plain = self._plain(part, is_whole=conjunction == (part,))
            if plain:
                flat.parts.append(plain)
            waiting.extend(reversed(more))
        self._leave_choices(flat)
        return flat

    def _leave_choices(self, flat: Flat) -> None:
        if self._most_ways is None:
            return
        ways = 1
        held: list[Choice] = []
        for choice in flat.choices:
            if ways * len(choice.branches) > self._most_ways:
                self._tell(choice.part, choice.keyword, "too many choices beside each other")
            else:
                ways *= len(choice.branches)
                held.append(choice)
        flat.choices = held

    def _tell_mistakes(self, part: dict[str, Any]) -> None:
        if id(part) in self._looked_over:
            return
        self._looked_over[id(part)] = part
        if found := malformed(part):
            self._tell(part, *found)
        if found := misspelt(part):
            word, keyword = found
            self._tell(part, word, f"is '{keyword}' meant?")

    def _plain(self, part: dict[str, Any], *, is_whole: bool) -> dict[str, Any]:
        """What a schema says by itself; the schema where that is all."""
        names = part.keys() & PLAIN
        rest = {"unevaluatedProperties": REST, "unevaluatedItems": REST_ITEMS} if is_whole else {}
        if not part.keys() & COMBINING:
            return part if names else {}
        found = {name: part[name] for name in part if name in names}
        found |= {made: part[name] for name, made in rest.items() if name in part}
        return self.make(("plain", id(part), is_whole), found) if found else {}

    def _combined(  # noqa: C901 - one case for each keyword
        self, part: dict[str, Any], flat: Flat, *, is_whole: bool
    ) -> list[Schema]:
        """Schemas that hold besides; adds choices."""
        more: list[Schema] = []
        for keyword in [name for name in part if name in COMBINING]:
            value = part[keyword]
            if value is None:
                continue
            match keyword:
                case "$ref" | "$dynamicRef" | "$recursiveRef":
                    more += self._referred(part, keyword)
                case "allOf":
                    more += schemas(value)
                case "anyOf" | "oneOf":
                    branches = [(each,) for each in schemas(value)]
                    flat.choices.append(Choice(branches, part, keyword))
                    if keyword == "oneOf":
                        flat.exclusive.append(flat.choices[-1])
                case "not":
                    self._without(part, value, flat, more)
                case "if":
                    self._conditional(part, flat)
                case "dependentRequired" | "dependentSchemas" | "dependencies":
                    self._dependent(part, keyword, flat)
                case "unevaluatedProperties" | "unevaluatedItems" if not is_whole:
                    if value not in (True, {}):
                        self._tell(part, keyword)
                case _:
                    pass
        return more

    def _referred(self, part: dict[str, Any], keyword: str) -> list[Schema]:
        try:
            if keyword == "$ref":
                target = self._document.resolve(part[keyword], part)
            else:
                target = self._document.resolve_dynamic(part[keyword], part)
        except Unheld as unheld:
            self._tell(part, keyword, str(unheld))
            return []
        if target is part and (self._document.is_reference(part) or not part.keys() & PLAIN):
            self._tell(part, keyword, "it refers to itself")
        return [target]

    def _without(self, part: dict[str, Any], value: Any, flat: Flat, more: list[Schema]) -> None:
        alternatives = self._negated(value)
        open_ended = part.keys() & {"unevaluatedProperties", "unevaluatedItems"}
        if alternatives is None or open_ended:
            self._tell(part, "not")
        elif not alternatives:
            more.append(False)
        else:
            flat.choices.append(Choice(alternatives, part, "not"))

    def _negated(self, schema: Any) -> Sequence[Conjunction] | None:
        key = ("negated", id(schema))
        if key not in self._made:
            self._made[key] = {"is": negated(schema, self._document)}
        return self._made[key]["is"]

    def _conditional(self, part: dict[str, Any], flat: Flat) -> None:
        condition, then, otherwise = part["if"], part.get("then", True), part.get("else", True)
        if then in (True, {}) and otherwise in (True, {}):
            return
        alternatives = self._negated(condition)
        if alternatives is None:
            self._tell(part, "if")
            return
        branches = [(condition, then), *((*each, otherwise) for each in alternatives)]
        flat.choices.append(Choice(branches, part, "if"))

    def _dependent(self, part: dict[str, Any], keyword: str, flat: Flat) -> None:
        value = part[keyword]
        if not isinstance(value, dict):
            return
        for name, needs in cast("dict[str, Any]", value).items():
            absent = self.make(("absent", name), {"properties": {name: False}})
            asked = (
                {"required": [name, *cast("list[str]", needs)]}
                if isinstance(needs, list)
                else needs
            )
            if isinstance(needs, list):
                asked = self.make(("needs", id(cast(Any, needs)), name), asked)
            present = self.make(("present", name), {"type": "object", "required": [name]})
            flat.choices.append(Choice([(absent,), (present, asked)], part, keyword))


def schemas(value: Any) -> list[Schema]:
    if not isinstance(value, list):
        return []
    return [each for each in cast("list[Any]", value) if isinstance(each, dict | bool)]


def texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        return []
    return [each for each in cast("list[Any]", value) if isinstance(each, str)]


def each_of(parts: Iterable[dict[str, Any]], keyword: str) -> Iterator[Any]:
    """A keyword's values; null stands for nothing said."""
    return (part[keyword] for part in parts if part.get(keyword) is not None)
