"""A schema document: where its references lead, and where its parts are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias, cast
from urllib.parse import unquote, urljoin

from .patterns import Unheld

Schema: TypeAlias = dict[str, Any] | bool

_DATA = frozenset({"const", "enum", "default", "examples", "example"})
"""Keywords whose values are no schemas, whatever they look like."""
_OLD = re.compile("draft-0[3467]")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


class Document:
    def __init__(self, root: Schema) -> None:
        self.root = root
        self._resources: dict[str, Any] = {"": root}
        self._anchors: dict[str, Any] = {}
        self._dynamic: dict[str, list[Any]] = {}
        self._bases: dict[int, str] = {}
        self._paths: dict[int, str] | None = None
        dialect = root.get("$schema") if isinstance(root, dict) else None
        self._is_old = isinstance(dialect, str) and _OLD.search(dialect) is not None
        self._index(root)

    def resolve(self, reference: object, within: dict[str, Any]) -> Schema:
        """Raises Unheld for what leads nowhere or elsewhere."""
        if not isinstance(reference, str):
            raise Unheld("'$ref' is not a text")
        uri = _join(self._bases.get(id(within), ""), reference)
        resource, _, fragment = uri.partition("#")
        if f"{resource}#{fragment}" in self._anchors:
            return self._anchors[f"{resource}#{fragment}"]
        if resource not in self._resources:
            raise Unheld(f"'$ref': other documents are not read: {reference}")
        found = self._resources[resource]
        if fragment:
            found = self._follow(found, fragment, reference)
        if not isinstance(found, dict | bool):
            raise Unheld(f"'$ref': there is no schema at {reference}")
        return cast("Schema", found)

    def resolve_dynamic(self, reference: object, within: dict[str, Any]) -> Schema:
        """Of `$dynamicRef` and `$recursiveRef`, where only one place can be meant."""
        name = str(reference).rpartition("#")[2]
        places = self._dynamic.get(name, [])
        if len(places) > 1:
            raise Unheld("'$dynamicRef': it can lead to several places")
        return cast("Schema", places[0]) if places else self.resolve(reference, within)

    def is_reference(self, part: dict[str, Any]) -> bool:
        """True for what says nothing but where to look: in the older drafts a reference has no
        neighbours."""
        return self._is_old and "$ref" in part

    def path_of(self, part: dict[str, Any]) -> str:
        """Where a part is, as a JSON pointer; of one that was made, the root's."""
        if self._paths is None:
            self._paths = {id(found): path for path, found in _walk("#", self.root)}
        return self._paths.get(id(part), "#")

    def _follow(self, found: Any, fragment: str, reference: str) -> Any:
        # People write names as they are, tools write them percent-encoded.
        for pointer in (fragment, unquote(fragment)):
            if (target := _at(found, pointer)) is not None:
                return target
        raise Unheld(f"'$ref': there is no schema at {reference}")

    def _index(self, root: Any) -> None:
        waiting: list[tuple[str, Any]] = [("", root)]
        while waiting:
            base, part = waiting.pop()
            if isinstance(part, list):
                waiting.extend((base, each) for each in cast("list[Any]", part))
            if not isinstance(part, dict):
                continue
            keywords = cast("dict[str, Any]", part)
            base = self._name(base, keywords)
            if base:
                self._bases[id(keywords)] = base
            waiting.extend((base, each) for key, each in keywords.items() if key not in _DATA)

    def _name(self, base: str, part: dict[str, Any]) -> str:
        """Takes note of what a part is called; returns the base of references inside."""
        for keyword in ("$id", "id"):
            uri = part.get(keyword)
            if not isinstance(uri, str) or self.is_reference(part):
                continue
            if uri.startswith("#"):
                self._anchors.setdefault(f"{base}{uri}", part)
            elif keyword == "$id" or ":" in uri:
                base = _join(base, uri).partition("#")[0]
                self._resources.setdefault(base, part)
        for keyword in ("$anchor", "$dynamicAnchor"):
            name = part.get(keyword)
            if isinstance(name, str):
                self._anchors.setdefault(f"{base}#{name}", part)
                if keyword == "$dynamicAnchor":
                    self._dynamic.setdefault(name, []).append(part)
        if part.get("$recursiveAnchor") is True:
            self._dynamic.setdefault("", []).append(part)
        return base


def _join(base: str, reference: str) -> str:
    if reference.startswith("#"):
        return base + reference
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def _at(found: Any, pointer: str) -> Any:
    """None where nothing is."""
    if not pointer.startswith("/"):
        return None
    for step in pointer[1:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            elements = cast("list[Any]", found)
            inside = _INDEX.fullmatch(name) is not None and int(name) < len(elements)
            found = elements[int(name)] if inside else None
        elif isinstance(found, dict):
            found = cast("dict[str, Any]", found).get(name)
        else:
            return None
    return found


def _walk(path: str, part: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    waiting = [(path, part)]
    while waiting:
        where, found = waiting.pop()
        if isinstance(found, dict):
            yield where, cast("dict[str, Any]", found)
            named = cast("dict[str, Any]", found).items()
            waiting.extend((f"{where}/{key}", each) for key, each in named)
        elif isinstance(found, list):
            items = enumerate(cast("list[Any]", found))
            waiting.extend((f"{where}/{index}", each) for index, each in items)
