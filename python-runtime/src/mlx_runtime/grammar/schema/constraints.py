"""What the parts of a conjunction say of values of one type, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from .conjunction import Impossible, Tells, each_of, schemas, texts
from .document import Schema
from .emptiness import Condition, Emptiness, only
from .formats import UNHELD, format_texts, is_described_by
from .languages import Language, Term, matches, texts_with
from .numbers import NumberRange
from .patterns import Unheld
from .vocabulary import NOT_FOUND, NOT_IN

Parts = Sequence[dict[str, Any]]

_MOST_DIGITS = 9
"""That a multiple may have."""
BEYOND_ANSWERS = 2**31
"""No answer has as many characters, elements or members: schemas from types of 64 bits name such
greatest lengths, and llguidance counts with 32."""
ALL_TYPES = ("object", "array", "string", "number", "boolean", "null")
_NAMES_OF_TYPES = frozenset({*ALL_TYPES, "integer"})


def types_of(parts: Parts) -> list[str]:
    """`integer` stands for `number` where only those are meant."""
    left: list[str] = list(ALL_TYPES)
    for said in each_of(parts, "type"):
        names = {said} if isinstance(said, str) else set(texts(said))
        if not names & _NAMES_OF_TYPES:
            continue
        integer = "integer" in names and "number" not in names
        left = [
            "integer" if integer and name == "number" else name
            for name in left
            if name in names or (name in ("number", "integer") and names & {"number", "integer"})
        ]
    return left


def values_of(parts: Parts) -> list[Any] | None:
    """What `const` and `enum` leave; None where neither is said."""
    lists = [cast("list[Any]", each) for each in each_of(parts, "enum") if isinstance(each, list)]
    lists += [[part["const"]] for part in parts if "const" in part]
    if not lists:
        return None
    first, *others = lists
    if not others:
        return first
    allowed = [{key_of(each) for each in values} for values in others]
    return [each for each in first if all(key_of(each) in keys for keys in allowed)]


def excluded_values(parts: Parts) -> list[Any]:
    return [each for values in each_of(parts, NOT_IN) for each in values]


def key_of(value: Any) -> object:
    """The same for values that JSON Schema takes for equal, and for no others."""
    match value:
        case bool() | None | str():
            return (type(value).__name__, value)
        case int() | float():
            return ("number", value)
        case list():
            return ("array", tuple(key_of(each) for each in cast("list[Any]", value)))
        case _:
            members = cast("dict[str, Any]", value).items()
            return ("object", frozenset((name, key_of(each)) for name, each in members))


@dataclass(frozen=True, slots=True)
class StringLimits:
    least: int
    most: int | None
    meant: Sequence[Language]
    not_meant: Sequence[Language]
    not_texts: Sequence[str]

    @property
    def is_plain(self) -> bool:
        return not (self.meant or self.not_meant or self.not_texts)

    def are_empty(self, emptiness: Emptiness) -> bool:
        """True where it is certain that no text keeps to them."""
        if self.is_plain:
            return False
        conditions = [Condition(each) for each in self.meant]
        conditions += [Condition(each, negative=True) for each in self.not_meant]
        if self.not_texts:
            conditions.append(Condition(((Term(only(self.not_texts)),),), negative=True))
        return emptiness.is_certain(tuple(conditions), self.least, self.most)

    def allow(self, text: str) -> bool:
        return (
            self.least <= len(text)
            and (self.most is None or len(text) <= self.most)
            and all(matches(language, text) for language in self.meant)
            and not any(matches(language, text) for language in self.not_meant)
            and text not in self.not_texts
        )


def string_limits(parts: Parts, tell: Tells) -> StringLimits:
    """Raises Impossible where the lengths alone are."""
    least, most = bounds(parts, "minLength", "maxLength")
    meant: list[Language] = []
    not_meant: list[Language] = []
    for part in parts:
        if isinstance(name := part.get("format"), str):
            if name in UNHELD:
                tell(part, "format", f"'{name}' is not held")
            elif (language := format_texts(name, _pattern_of(part))) is not None:
                meant.append(language)
        for keyword, found in (("pattern", meant), (NOT_FOUND, not_meant)):
            if isinstance(pattern := part.get(keyword), str):
                _add_pattern(pattern, part, found, tell)
    excluded = [each for each in excluded_values(parts) if isinstance(each, str)]
    return StringLimits(least, most, meant, not_meant, excluded)


def _pattern_of(part: dict[str, Any]) -> Language | None:
    pattern = part.get("pattern")
    try:
        return texts_with(pattern) if isinstance(pattern, str) else None
    except Unheld:
        return None


def _add_pattern(pattern: str, part: dict[str, Any], found: list[Language], tell: Tells) -> None:
    try:
        found.append(texts_with(pattern))
    except Unheld as unheld:
        if not is_described_by(part.get("format"), pattern):
            tell(part, "pattern", str(unheld))


def number_range(parts: Parts, tell: Tells, *, integer: bool) -> NumberRange:
    """Raises Impossible."""
    found: dict[str, list[float | int]] = {}
    for part in parts:
        for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
            value = part.get(name)
            if isinstance(value, bool):
                # Draft 4 says so that the other bound is not one of the values.
                bound = part.get(name.replace("exclusive", "").lower())
                if value and isinstance(bound, int | float):
                    found.setdefault(name, []).append(bound)
            elif name == "multipleOf" and isinstance(value, int | float):
                if len(str(abs(value))) > _MOST_DIGITS or value == 0:
                    tell(part, name, "too many digits")
                else:
                    found.setdefault(name, []).append(abs(value))
            elif isinstance(value, int | float):
                found.setdefault(name, []).append(value)
    made = NumberRange(
        integer,
        max(found.get("minimum", ()), default=None),
        min(found.get("maximum", ()), default=None),
        max(found.get("exclusiveMinimum", ()), default=None),
        min(found.get("exclusiveMaximum", ()), default=None),
        tuple(dict.fromkeys(found.get("multipleOf", ()))),
    )
    if made.is_empty:
        raise Impossible
    return made


def bounds(parts: Parts, least: str, most: str) -> tuple[int, int | None]:
    """Raises Impossible."""
    low = max(map(_count, each_of(parts, least)), default=0)
    high = min(map(_count, each_of(parts, most)), default=BEYOND_ANSWERS)
    if low > high or low >= BEYOND_ANSWERS:
        raise Impossible
    return low, high if high < BEYOND_ANSWERS else None


def _count(value: Any) -> int:
    return max(0, int(value)) if isinstance(value, int | float) else 0


@dataclass(frozen=True, slots=True)
class Member:
    conjunction: tuple[Schema, ...]
    required: bool


def mapping(value: Any) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def schemas_of_member(
    part: dict[str, Any], name: str, found: Callable[[str, str], bool]
) -> Iterator[Schema]:
    """What one part says of a member. `found`: whether a pattern is found in a name."""
    known = False
    if name in mapping(part.get("properties")):
        known = True
        yield from schemas([part["properties"][name]])
    for pattern, schema in mapping(part.get("patternProperties")).items():
        if found(pattern, name):
            known = True
            yield from schemas([schema])
    if not known and "additionalProperties" in part:
        yield from schemas([part["additionalProperties"]])
