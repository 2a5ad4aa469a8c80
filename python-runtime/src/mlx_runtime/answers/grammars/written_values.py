"""The grammar of one value in a notation of its own, from its JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ...grammar.json_schema import JSON_OPTIONS
from ..lark.lark_text import lark_text
from ..lark.text_value import Around, choices_of, is_text, text_value
from ..tool_formats.notation import NoForm, Notation
from .parameters import Member, members_of

_LIMITS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
# As many digits as anybody needs: a model that wrote no end of them would never come to one.
_INTEGER = "/-?(0|[1-9][0-9]{0,39})/"
_NUMBER = r"/-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?/"
_PLAIN = ("string", "integer", "number", "boolean", "null", "array", "object")
_TYPES = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


class ValueRules:
    """Gathers the rules of the values that it is asked for.

    What a schema says and the notation cannot hold is left to whoever reads the call.
    """

    def __init__(self, notation: Notation, special_tokens: Mapping[str, int], prefix: str) -> None:
        """`prefix`: of the names of its rules."""
        self.rules: list[str] = []
        self._notation = notation
        self._special_tokens = special_tokens
        self._prefix = prefix
        self._definitions: dict[str, Any] = {}
        self._references: dict[str, str] = {}
        self._known: dict[str, str] = {}
        """Names, by expression."""
        self._anything: str | None = None
        self._count = 0

    def arguments(self, schema: dict[str, Any]) -> str:
        """The name of a rule for all arguments of a function; raises NoForm where a name that is
        required cannot be written."""
        self._references = {}
        self._definitions = {
            f"#/{group}/{name}": part
            for group in ("$defs", "definitions")
            for name, part in schema.get(group, {}).items()
        }
        declared, assign = members_of(schema), json.dumps(self._notation.assign)
        if declared is None:
            member = f"{self._rule(f'/{self._notation.keys.pattern}/')} {assign} {self.value({})}"
            return self._rule(f"({member} ({self._notation.comma} {member})*)?")
        members = [member for member in declared if self._notation.is_key(member.name)]
        if any(member.required and member not in members for member in declared):
            raise NoForm
        keys = {member.name: (member.name,) for member in members}
        return self._rule(self._members(members, keys, assign))

    def value(self, schema: Any) -> str:
        """The name of a rule for a value."""
        try:
            return self._held(schema)
        except NoForm:
            types = cast("Any", schema).get("type") if isinstance(schema, dict) else None
            named = [types] if isinstance(types, str) else types
            known = [name for name in named or () if name in _PLAIN]
            if not known:
                return self._any_value()
            return self._rule(" | ".join(self._held({"type": name}) for name in known))

    def _held(self, schema: Any) -> str:
        """Raises NoForm for what cannot be held to."""
        if schema is True or schema == {}:
            return self._any_value()
        if not isinstance(schema, dict):
            raise NoForm
        keywords = cast("dict[str, Any]", schema)
        if "$ref" in keywords:
            return self._reference(keywords)
        choices = choices_of(keywords)
        if choices is not None:
            return self._choice(keywords, choices)
        if "anyOf" in keywords or "oneOf" in keywords or "allOf" in keywords:
            return self._alternatives(keywords)
        types = keywords.get("type", "object" if "properties" in keywords else None)
        if isinstance(types, list):
            each = [self.value({**keywords, "type": name}) for name in cast("list[str]", types)]
            return self._rule(" | ".join(each))
        return self._typed(types, keywords)

    def _typed(self, type: object, schema: dict[str, Any]) -> str:
        match type:
            case "string" if is_text(schema):
                return self._string(schema)
            case "integer" | "number":
                return self._number(
                    str(type), {key: schema[key] for key in schema.keys() & _LIMITS}
                )
            case "boolean":
                return self._rule(
                    self._either((*self._notation.words[0], *self._notation.words[1]))
                )
            case "null":
                return self._rule(self._either(self._notation.words[2]))
            case "array":
                return self._list(schema)
            case "object":
                return self._object(schema)
            case _:
                raise NoForm

    def _string(self, schema: dict[str, Any]) -> str:
        delimiter = self._notation.delimiter
        terminal = self._notation.quoted(schema)
        end = ""
        if terminal is None:
            special = delimiter in self._special_tokens
            end = lark_text(delimiter, self._special_tokens) if special else ""
            terminal = text_value(schema, Around("" if special else delimiter))
        if terminal is None:
            raise NoForm
        before = lark_text(delimiter, self._special_tokens)
        return self._rule(f"{before} {self._terminal(terminal)} {end}")

    def _number(self, type: str, limits: dict[str, Any]) -> str:
        if not limits:
            return self._rule(_INTEGER if type == "integer" else _NUMBER)
        schema = {"type": type, **limits, "x-guidance": JSON_OPTIONS}
        return self._rule(f"%json {json.dumps(schema)}")

    def _list(self, schema: dict[str, Any]) -> str:
        if not schema.keys() <= {"type", "items", "minItems", "maxItems"}:
            raise NoForm
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        if most == 0:
            return self._rule('"[" "]"')
        element = self.value(schema.get("items", True))
        more = f"{{{max(least - 1, 0)},{'' if most is None else most - 1}}}"
        inside = f"{element} ({self._notation.comma} {element}){more}"
        return self._rule(f'"[" {inside if least else f"({inside})?"} "]"')

    def _object(self, schema: dict[str, Any]) -> str:
        members = members_of(schema)
        if members is None:
            raise NoForm
        colon, comma = self._notation.colon, self._notation.comma
        others = schema.get("additionalProperties", True)
        if members or others is False:
            keys = {member.name: self._notation.member_keys(member.name) for member in members}
            return self._rule(f'"{{" {self._members(members, keys, colon)} "}}"')
        member = f"{self._rule(self._notation.any_key)} {colon} {self.value(others)}"
        return self._rule(f'"{{" ({member} ({comma} {member})*)? "}}"')

    def _members(
        self, members: Sequence[Member], keys: Mapping[str, Sequence[str]], colon: str
    ) -> str:
        """Members in their order, those that are not required perhaps not there."""
        first, rest = '""', '""'
        for member in reversed(members):
            part = f"({self._either(keys[member.name])}) {colon} {self.value(member.schema)}"
            written = self._rule(part)
            behind = self._rule(rest)
            first = (
                f"{written} {behind}"
                if member.required
                else f"{written} {behind} | {self._rule(first)}"
            )
            rest = f"{self._notation.comma} {written} {behind}"
            if not member.required:
                rest = f"{rest} | {behind}"
        return f"({first})"

    def _alternatives(self, schema: dict[str, Any]) -> str:
        [keyword, *others] = schema
        branches = cast("list[Any]", schema[keyword])
        if others or (keyword == "allOf" and len(branches) > 1):
            raise NoForm
        if keyword == "oneOf" and not _are_apart(branches):
            raise NoForm
        return self._rule(" | ".join(self.value(branch) for branch in branches))

    def _choice(self, schema: dict[str, Any], choices: list[Any]) -> str:
        if not schema.keys() <= {"type", "enum", "const"}:
            raise NoForm
        allowed = schema.get("type")
        names = [allowed] if isinstance(allowed, str) else allowed
        fit = [choice for choice in choices if names is None or _is_of(choice, names)]
        if not fit:
            raise NoForm
        return self._rule(" | ".join(map(self._literal, fit)))

    def _literal(self, value: Any) -> str:
        """The name of a rule for exactly this value."""
        comma = f" {self._notation.comma} "
        match value:
            case list():
                elements = map(self._literal, cast("list[Any]", value))
                return self._rule(f'"[" {comma.join(elements)} "]"')
            case dict():
                members = cast("dict[str, Any]", value).items()
                parts = [f"{self._key(key)} {self._literal(part)}" for key, part in members]
                return self._rule(f'"{{" {comma.join(parts)} "}}"')
            case _:
                return self._rule(self._either(self._notation.ways(value)))

    def _key(self, key: str) -> str:
        """Of an object's member, and what stands behind it."""
        return f"({self._either(self._notation.member_keys(key))}) {self._notation.colon}"

    def _reference(self, schema: dict[str, Any]) -> str:
        target = schema["$ref"]
        if schema.keys() != {"$ref"} or target not in self._definitions:
            raise NoForm
        if target not in self._references:
            # Before its own rule, as it may refer to itself.
            name = self._references[target] = self._name()
            self.rules.append(f"{name}: {self.value(self._definitions[target])}")
        return self._references[target]

    def _any_value(self) -> str:
        if self._anything is None:
            name = self._anything = self._name()
            kinds = [self.value({"type": kind}) for kind in _PLAIN if kind != "integer"]
            self.rules.append(f"{name}: {' | '.join(kinds)}")
        return self._anything

    def _either(self, texts: Sequence[str]) -> str:
        return " | ".join(lark_text(text, self._special_tokens) for text in texts)

    def _rule(self, expression: str) -> str:
        """The same for the same expression."""
        name = self._known.get(expression)
        if name is None:
            name = self._known[expression] = self._name()
            self.rules.append(f"{name}: {expression}")
        return name

    def _terminal(self, expression: str) -> str:
        key = f"terminal: {expression}"
        name = self._known.get(key)
        if name is None:
            name = self._known[key] = self._name().upper()
            self.rules.append(f"{name}: {expression}")
        return name

    def _name(self) -> str:
        self._count += 1
        return f"{self._prefix}_{self._count}"


def _is_of(value: Any, types: Sequence[str]) -> bool:
    name = _TYPES[type(value)]
    return name in types or (name == "integer" and "number" in types)


def _are_apart(branches: Sequence[Any]) -> bool:
    """True where no value can be of two of them."""
    schemas = [cast("dict[str, Any]", each) if isinstance(each, dict) else {} for each in branches]
    types = [schema.get("type") for schema in schemas]
    kinds = {"number" if name == "integer" else name for name in types if isinstance(name, str)}
    return len(kinds) == len(branches)
