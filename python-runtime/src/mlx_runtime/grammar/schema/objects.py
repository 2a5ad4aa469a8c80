"""Objects: the members that a schema names in its order, and others behind them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, TypeGuard

from .conjunction import Conjunction, Impossible, schemas, texts
from .constraints import Parts, bounds, mapping, schemas_of_member
from .json_text import quoted_text
from .languages import Language, matches, texts_with
from .member_chain import MemberChain
from .parts_writer import PartsWriter
from .patterns import Unheld
from .vocabulary import NOT_FOUND, NOT_IN, REST, SILENT

_MOST_PATTERNS = 3
"""Patterns of names of which every combination is spelt out; of more, a name has one."""
_MOST_COUNTED = 3000
"""Members times counts, where members are counted."""


class Objects:
    def __init__(self, writer: PartsWriter) -> None:
        self._writer = writer

    def rule(self, parts: Parts) -> str:
        """Raises Impossible."""
        writer = self._writer
        names = self._names(parts)
        required = {name for part in parts for name in texts(part.get("required"))}
        members: list[tuple[str, str, bool]] = []
        for name in names:
            try:
                value = writer.value(self.member(parts, name))
            except Impossible:
                if name in required:
                    raise
                continue
            key = writer.key(name)
            members.append(
                (
                    writer.rules.rule(f"{key} {writer.colon} {value}", [[value]]),
                    name,
                    name in required,
                )
            )
        others = list(self._others(parts, names))
        least, most = bounds(parts, "minProperties", "maxProperties")
        return self._written(parts, members, others, least, most)

    def member(self, parts: Parts, name: str) -> Conjunction:
        """What is said of the value of one name; raises Impossible."""
        self._check_name(parts, name)
        found: list[Any] = []
        for part in parts:
            found += schemas_of_member(part, name, self._is_found(part))
            if REST in part and not self._is_evaluated(parts, name):
                found += schemas([part[REST]])
        if any(each is False for each in found):
            raise Impossible
        return tuple(found)

    def _is_evaluated(self, parts: Parts, name: str) -> bool:
        for part in parts:
            if SILENT in part:
                continue
            if "additionalProperties" in part or name in mapping(part.get("properties")):
                return True
            if any(
                self._is_found(part)(each, name) for each in mapping(part.get("patternProperties"))
            ):
                return True
        return False

    def _is_found(self, part: dict[str, Any]) -> Callable[[str, str], bool]:
        def is_found(pattern: str, name: str) -> bool:
            language = self._language(part, pattern)
            return language is not None and matches(language, name)

        return is_found

    def _check_name(self, parts: Parts, name: str) -> None:
        for part in parts:
            about = part.get("propertyNames")
            if about is False or (_is_schema(about) and not self._writer.fits(name, (about,))):
                raise Impossible

    def _names(self, parts: Parts) -> list[str]:
        """Those that are declared, in their order, then those that are only required."""
        declared = [name for part in parts for name in mapping(part.get("properties"))]
        declared += [name for part in parts for name in texts(part.get("required"))]
        for part in parts:
            about = part.get("propertyNames")
            if _is_schema(about):
                declared += self._writer.texts_of((about,)) or ()
        return list(dict.fromkeys(declared))

    def _others(self, parts: Parts, names: Sequence[str]) -> Iterator[str]:
        """Rules of members with other names."""
        patterns = self._patterns(parts)
        taken = list(names)
        for chosen in _combinations(list(patterns)):
            values: list[Any] = []
            for part in parts:
                own = [
                    schema
                    for pattern, schema in mapping(part.get("patternProperties")).items()
                    if pattern in chosen
                ]
                values += own
                if not own and "additionalProperties" in part:
                    values.append(part["additionalProperties"])
                if REST in part and not chosen and not self._any_is_open(parts):
                    values.append(part[REST])
            if any(each is False for each in values):
                continue
            key = self._key(parts, patterns, chosen, taken)
            try:
                value = self._writer.value(tuple(schemas(values)))
            except Impossible:
                continue
            if key is not None:
                yield self._writer.rules.rule(f"{key} {self._writer.colon} {value}", [[value]])

    @staticmethod
    def _any_is_open(parts: Parts) -> bool:
        return any("additionalProperties" in part and SILENT not in part for part in parts)

    def _patterns(self, parts: Parts) -> Mapping[str, Language]:
        found: dict[str, Language] = {}
        for part in parts:
            for pattern in mapping(part.get("patternProperties")):
                if (language := self._language(part, pattern)) is not None:
                    found[pattern] = language
        return found

    def _language(self, part: dict[str, Any], pattern: str) -> Language | None:
        try:
            return texts_with(pattern)
        except Unheld as unheld:
            self._writer.tell(part, "patternProperties", str(unheld))
            return None

    def _key(
        self,
        parts: Parts,
        patterns: Mapping[str, Language],
        chosen: Sequence[str],
        taken: Sequence[str],
    ) -> str | None:
        """A terminal for names in which just these patterns are found; None: there is none."""
        writer = self._writer
        if not self._is_possible(parts, patterns, chosen, taken):
            return None
        terms = [writer.any_key]
        for pattern, language in patterns.items():
            terms.append(writer.language(language, negative=pattern not in chosen))
        for part in parts:
            about = part.get("propertyNames")
            if about is False:
                return None
            if _is_schema(about):
                if writer.texts_of((about,)) is not None:
                    return None
                name = writer.name_of((about,))
                if name is None:
                    return None
                terms.append(name)
        if taken:
            terms.append(
                "~"
                + writer.rules.terminal(
                    " | ".join(f"/{quoted_text(name, escapes=writer.likely)}/" for name in taken)
                )
            )
        return writer.rules.terminal(" & ".join(terms)) if len(terms) > 1 else terms[0]

    def _is_possible(
        self,
        parts: Parts,
        patterns: Collection[str],
        chosen: Sequence[str],
        taken: Sequence[str],
    ) -> bool:
        """False where it is certain that there is no such name."""
        said = [part["propertyNames"] for part in parts if _is_schema(part.get("propertyNames"))]
        if not patterns and not said:
            return True
        said += [{"pattern" if each in chosen else NOT_FOUND: each} for each in patterns]
        return self._writer.is_possible(({"type": "string", NOT_IN: list(taken)}, *said))

    def _written(
        self,
        parts: Parts,
        members: Sequence[tuple[str, str, bool]],
        others: Sequence[str],
        least: int,
        most: int | None,
    ) -> str:
        needed = sum(required for _, _, required in members)
        if most is not None and needed > most:
            raise Impossible
        if not others and least > len(members):
            raise Impossible
        more = self._writer.union(others) if others else None
        counted = least > needed or most is not None
        cap = (most if most is not None else least) if counted else 0
        if counted and (cap + 1) * (len(members) + 1) > _MOST_COUNTED:
            for part in parts:
                for keyword in part.keys() & {"minProperties", "maxProperties"}:
                    self._writer.tell(part, keyword, "too many members to count them")
            least, most, cap, counted = 0, None, 0, False
        chain = MemberChain(self._writer, members, more, least, most, cap if counted else None)
        inside = chain.rule(0, 0, first=True)
        rules = self._writer.rules
        needs = [[name for name, _, required in members if required] + ([inside] if inside else [])]
        return rules.rule(
            f"{self._writer.opening('{')} {inside} {self._writer.closing('}')}", needs
        )


def _is_schema(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _combinations(patterns: list[str]) -> Iterator[Sequence[str]]:
    """Sets of patterns that a name may have, none first."""
    if len(patterns) > _MOST_PATTERNS:
        yield []
        yield from ([pattern] for pattern in patterns)
        return
    for chosen in product((False, True), repeat=len(patterns)):
        yield [pattern for pattern, wanted in zip(patterns, chosen, strict=True) if wanted]
