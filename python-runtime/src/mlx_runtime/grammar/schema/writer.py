"""Writes one schema document as rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from .arrays import Arrays
from .conjunction import Conjunction, Flat, Flattening, Impossible, TooLarge
from .constraints import (
    Parts,
    excluded_values,
    string_limits,
    types_of,
    values_of,
)
from .document import Document
from .fitting import Fitting
from .json_text import Escapes, any_name, any_string, quoted, quoted_text
from .languages import Language, Term
from .literals import Literals
from .notation import FAR_LENGTH, Notation
from .number_rules import NumberRules
from .objects import Objects
from .rules import Rules

_OPEN = ""
_MOST_CHARACTERS = 4_000_000
"""Of all rules."""


class SchemaWriter:
    contradiction = ""
    """Where the first string or number is that is said to be what none is."""

    def __init__(
        self,
        document: Document,
        rules: Rules,
        notation: Notation,
        *,
        unheld: list[tuple[str, str, str]],
        most_ways: int | None,
    ) -> None:
        """`unheld`: is given what is not held: where, which keyword, why. `most_ways`: of
        following the choices of one value together."""
        self.rules = rules
        self.likely: Escapes = "likely" if notation.escapes else "needed"
        self.all: Escapes = "all" if notation.escapes else "needed"
        self._document = document
        self._notation = notation
        self.far_lengths: list[int] = []
        self._unheld = unheld
        self._told: set[tuple[int, str]] = set()
        self._flattening = Flattening(document, self.tell, most_ways)
        self._fitting = Fitting(self._flattening, self.tell)
        self._names: dict[tuple[int, ...], str | None] = {}
        self._kept: list[object] = []
        self._banned: set[tuple[int, ...]] = set()
        self._objects = Objects(self)
        self._arrays = Arrays(self)
        self._literals = Literals(self)
        self._numbers = NumberRules(rules, self.tell, notation.options)
        self.comma = rules.terminal(f"/{self._blank},{self._blank}/")
        self.colon = rules.terminal(f"/{self._blank}:{self._blank}/")

    @property
    def _blank(self) -> str:
        return f"(?:{self._notation.blank})?"

    def root(self) -> str:
        """The name of the rule for the document; raises Impossible and TooLarge."""
        while True:
            name = self.value((self._document.root,))
            endless = self.rules.endless()
            if name in endless:
                raise Impossible
            banned = {key for key, each in self._names.items() if each in endless}
            if banned <= self._banned:
                return name
            # What can never end must not be begun either.
            self._banned |= banned
            self._names.clear()

    def tell(self, part: dict[str, Any], keyword: str, why: str = "") -> None:
        if (id(part), keyword) not in self._told:
            self._told.add((id(part), keyword))
            self._kept.append(part)
            self._unheld.append((self._document.path_of(part), keyword, why))

    def value(self, conjunction: Conjunction) -> str:
        """The name of a rule; raises Impossible."""
        wanted = {id(part): part for part in conjunction if part is not True and part != {}}
        key = tuple(sorted(wanted))
        if key in self._banned:
            raise Impossible
        if key not in self._names:
            self._names[key] = _OPEN
            self._kept.append(conjunction)
            try:
                made = self._written(tuple(wanted.values()))
            except Impossible:
                self._names[key] = None
                raise
            if (own := self._names[key]) not in (_OPEN, None):
                self.rules.define(own, made, [[made]])
            self._names[key] = made
            if self.rules.size > _MOST_CHARACTERS:
                raise TooLarge
        known = self._names[key]
        if known is None:
            raise Impossible
        if known == _OPEN:
            # It refers to itself.
            known = self._names[key] = self.rules.forward()
        return known

    def fits(self, value: Any, conjunction: Conjunction) -> bool:
        return self._fitting.fits(value, conjunction)

    def is_possible(self, conjunction: Conjunction) -> bool:
        return self._fitting.is_possible(conjunction)

    def texts_of(self, conjunction: Conjunction) -> Sequence[str] | None:
        """The only texts that follow a schema; None: they are not listed."""
        try:
            flat = self._flattening.flatten(conjunction)
        except Impossible:
            return ()
        values = values_of(flat.parts)
        if values is None:
            return None
        fitting = self._fitting.fitting(values, flat.parts)
        return [each for each in fitting if isinstance(each, str)]

    def union(self, names: Sequence[str]) -> str:
        if len(names) == 1:
            return names[0]
        return self.rules.rule(" | ".join(names), [[name] for name in names])

    def listed(self, name: str, least: int, most: int | None, *, first: bool) -> str:
        """Elements with commas between them. `first`: nothing is before them."""
        if not first:
            times = f"{{{least},{'' if most is None else most}}}"
            return self.rules.rule(f"({self.comma} {name}){times}", [[name] if least else []])
        rest = f"{{{max(0, least - 1)},{'' if most is None else most - 1}}}"
        if most == 0:
            return self.rules.rule('""')
        written = f"{name} ({self.comma} {name}){rest}" if most != 1 else name
        if least:
            return self.rules.rule(written, [[name]])
        return self.rules.rule(f'{written} | ""', [[]])

    def opening(self, bracket: str) -> str:
        return self.rules.terminal(f"/\\{bracket}{self._blank}/")

    def closing(self, bracket: str) -> str:
        return self.rules.terminal(f"/{self._blank}\\{bracket}/")

    def key(self, name: str) -> str:
        return self.rules.terminal(f"/{quoted_text(name, escapes=self.likely)}/")

    @property
    def any_key(self) -> str:
        return self.rules.terminal(f"/{any_name(escapes=self.likely)}/")

    def language(self, language: Language, *, negative: bool = False) -> str:
        """A terminal's name, or what is not of it."""
        # What is forbidden is forbidden in every spelling.
        forms = [
            " & ".join(self._term(term, self.all if negative else self.likely) for term in terms)
            for terms in language
        ]
        joined = forms[0] if len(forms) == 1 else " | ".join(f"({form})" for form in forms)
        return ("~" if negative else "") + self.rules.terminal(joined)

    def _term(self, term: Term, escapes: Escapes) -> str:
        if term.negative:
            return f"~/{quoted(term.node, escapes=self.all)}/"
        return f"/{quoted(term.node, escapes=escapes)}/"

    def string_of(self, conjunction: Conjunction) -> str:
        """A terminal for the texts that follow a schema; raises Impossible."""
        flat = self._flattening.flatten(conjunction)
        if flat.choices:
            names = map(self.name_of, self._flattening.branches(flat))
            found = [name for name in names if name is not None]
            if not found:
                raise Impossible
            return self.rules.terminal(" | ".join(found))
        values = values_of(flat.parts)
        if values is not None:
            fitting = self._fitting.fitting(values, flat.parts)
            texts = [each for each in fitting if isinstance(each, str)]
            if not texts:
                raise Impossible
            return self._literals.texts(texts)
        if "string" not in types_of(flat.parts):
            raise Impossible
        return self._string(flat.parts)

    def name_of(self, conjunction: Conjunction) -> str | None:
        """The same; None: no text follows it."""
        try:
            return self.string_of(conjunction)
        except Impossible:
            return None

    def _written(self, conjunction: Conjunction) -> str:
        flat = self._flattening.flatten(conjunction)
        if flat.choices:
            return self._chosen(flat)
        values = values_of(flat.parts)
        if values is not None:
            return self._literals.rule(self._fitting.fitting(values, flat.parts))
        return self._any_of(
            [partial(self._typed, name, flat.parts) for name in types_of(flat.parts)]
        )

    def _any_of(self, ways: Sequence[Callable[[], str]]) -> str:
        """What is possible of some rules; raises Impossible."""
        forms = [name for name in map(_possible, ways) if name is not None]
        if not forms:
            raise Impossible
        return self.union(list(dict.fromkeys(forms)))

    def _chosen(self, flat: Flat) -> str:
        self._fitting.tell_overlaps(flat)
        return self._any_of([partial(self.value, each) for each in self._flattening.branches(flat)])

    def _typed(self, name: str, parts: Parts) -> str:
        match name:
            case "object":
                return self._objects.rule(parts)
            case "array":
                return self._arrays.rule(parts)
            case "string" | "number" | "integer":
                try:
                    return self._simple(name, parts)
                except Impossible:
                    where = self._document.path_of(parts[-1])
                    self.contradiction = self.contradiction or f"no {name} can follow {where}"
                    raise
            case "boolean":
                left = [
                    each for each in (True, False) if each not in _of(bool, excluded_values(parts))
                ]
                return self._literals.rule(left)
            case _:
                if None in excluded_values(parts):
                    raise Impossible
                return self.rules.rule('"null"')

    def _simple(self, name: str, parts: Parts) -> str:
        if name == "string":
            return self.rules.rule(self._string(parts))
        return self._numbers.rule(parts, integer=name == "integer")

    def _string(self, parts: Parts) -> str:
        limits = string_limits(parts, self.tell)
        if not self._fitting.has_texts(limits):
            raise Impossible
        most = limits.most
        if most is not None and most >= FAR_LENGTH and not limits.is_plain:
            self.far_lengths.append(most)
            most = most if self._notation.counts_far else None
        plain = any_string(limits.least, most, escapes=self.all)
        if limits.is_plain:
            return self.rules.terminal(f"/{plain}/")
        terms = [self.language(each) for each in limits.meant]
        if limits.least or most is not None or not terms:
            terms.append(self.rules.terminal(f"/{plain}/"))
        terms += [self.language(each, negative=True) for each in limits.not_meant]
        if limits.not_texts:
            terms.append("~" + self._literals.texts(limits.not_texts, self.all))
        return self.rules.terminal(" & ".join(terms))


def _possible(way: Callable[[], str]) -> str | None:
    try:
        return way()
    except Impossible:
        return None


def _of(kind: type, values: Sequence[Any]) -> list[Any]:
    return [each for each in values if isinstance(each, kind)]
