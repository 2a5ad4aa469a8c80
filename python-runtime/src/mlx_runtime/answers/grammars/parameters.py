"""How a function's parameters are written where each argument has tags of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ...grammar.json_schema import JSON_OPTIONS
from ..lark.text_value import is_text

NAME = re.compile(r"[^\s<>|=\"'](?:[^\n<>|=\"']*[^\s<>|=\"'])?")
"""That can be told from the tags around it."""
_MERGED = ("allOf", "anyOf", "oneOf")
_DEFINITIONS = ("$defs", "definitions")


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    required: bool
    text: dict[str, Any] | None
    """The schema of strings, which are written as they are."""
    other: dict[str, Any] | None
    """The schema of what is written as JSON."""

    @property
    def is_text(self) -> bool:
        return self.other is None


@dataclass(frozen=True, slots=True)
class Member:
    """A property of an object."""

    name: str
    schema: Any
    required: bool


def members_of(schema: dict[str, Any]) -> Sequence[Member] | None:
    """An object's properties, in the order of its schema, then others that it asks for; None: it
    names none and allows some.

    Those that the schema allows and does not name are not written. What it says
    of several of them together is left to whoever reads the call.
    """
    properties: dict[str, Any] = dict(schema.get("properties", {}))
    for keyword in _MERGED:
        for branch in cast("list[Any]", schema.get(keyword, ())):
            for name, declared in _named(branch):
                properties.setdefault(name, declared)
    required: Any = schema.get("required", ())
    if not properties and "patternProperties" in schema:
        return None
    for name in required:
        properties.setdefault(name, {})
    return [Member(name, declared, name in required) for name, declared in properties.items()]


def _named(branch: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(branch, dict):
        yield from cast("dict[str, Any]", branch).get("properties", {}).items()


def parameters_of(arguments: dict[str, Any], *, typed: bool) -> Sequence[Parameter] | None:
    """None: they cannot be told one by one. `arguments`: a schema that is obeyed already;
    `typed`: strings are told from JSON by more than their schema."""
    members = members_of(arguments)
    definitions = definitions_of(arguments)
    schemas = [member.schema for member in members or ()]
    if members is None or any(map(_refers_elsewhere, (schemas, definitions))):
        return None
    found: list[Parameter] = []
    for member in members:
        schema = _resolved(member.schema, definitions)
        if schema is True:
            schema = {}
        if NAME.fullmatch(member.name) is None or not isinstance(schema, dict):
            if member.required:
                return None
            continue
        forms = _forms(cast("dict[str, Any]", schema), typed=typed)
        text, other = forms
        if other is not None:
            other = {**other, **definitions, "x-guidance": JSON_OPTIONS}
        found.append(Parameter(member.name, member.required, text, other))
    return found


def definitions_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: schema[name] for name in _DEFINITIONS if name in schema}


def _forms(schema: dict[str, Any], *, typed: bool) -> _Forms:
    if is_text(schema):
        return schema, None
    return _string_or_not(schema) if typed else (None, schema)


_Forms = tuple[dict[str, Any] | None, dict[str, Any] | None]


def _string_or_not(schema: dict[str, Any]) -> _Forms:
    """Tells a schema's strings from the rest, where they are one of several types."""
    types = schema.get("type")
    branches: list[Any] = []
    if schema.keys() == {"type"} and isinstance(types, list):
        branches = [{"type": name} for name in cast("list[str]", types)]
    elif schema.keys() == {"anyOf"}:
        branches = schema["anyOf"]
    schemas = [cast("dict[str, Any]", each) for each in branches if isinstance(each, dict)]
    texts = [each for each in schemas if is_text(each)]
    if len(texts) != 1 or len(branches) == 1:
        return None, schema
    [text] = texts
    return text, {"anyOf": [branch for branch in branches if branch is not text]}


def _resolved(schema: Any, definitions: dict[str, Any]) -> Any:
    """What a schema that is a reference and nothing else refers to."""
    for _ in range(8):
        if not isinstance(schema, dict) or set(cast("dict[str, Any]", schema)) != {"$ref"}:
            return cast(Any, schema)
        _, group, *names = str(cast(Any, schema)["$ref"]).split("/")
        target = definitions.get(group, {}).get("/".join(names))
        if target is None:
            break
        schema = target
    return cast(Any, schema)


def _refers_elsewhere(part: Any) -> bool:
    """True when a reference leads to what is neither in `$defs` nor in `definitions`."""
    if isinstance(part, list):
        return any(map(_refers_elsewhere, cast("list[Any]", part)))
    if not isinstance(part, dict):
        return False
    keywords = cast("dict[str, Any]", part)
    target = keywords.get("$ref")
    if isinstance(target, str) and not target.startswith(("#/$defs/", "#/definitions/")):
        return True
    return any(map(_refers_elsewhere, keywords.values()))
