"""A tokenizer to which the markers are text like any other.

Their tokens go by secret names instead, which nobody can write.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from tokenizers import Tokenizer as Backend

from .markers import Markers


class RenamedMarkers:
    def __init__(self, definition: str, ids: Mapping[str, int]) -> None:
        """`definition`: a `tokenizer.json`; `ids`: those of the markers. Takes as long as to
        load one."""
        self._markers = Markers(ids)
        secret = secrets.token_hex(8)
        self._names = {
            text: f"\U0010fffe{secret}.{place}\U0010ffff" for place, text in enumerate(ids)
        }
        self._backend = Backend.from_str(_renamed(definition, self._names))
        self._ids = {
            self._backend.token_to_id(name): ids[text] for text, name in self._names.items()
        }

    def encode(self, text: str, guard: str) -> list[int]:
        """Token ids of a rendered text: a marker is one where there is no guard in it."""
        named = self._markers.renamed(text, self._names).replace(guard, "")
        ids = self._backend.encode(named, add_special_tokens=False).ids
        return [self._ids.get(id, id) for id in ids]


def _renamed(definition: str, names: dict[str, str]) -> str:
    content: dict[str, Any] = msgspec.json.decode(definition)
    for token in cast("list[dict[str, Any]]", content["added_tokens"]):
        if token["content"] in names:
            token["content"] = names[token["content"]]
            token["normalized"] = False
    model: dict[str, Any] = content["model"]
    model["vocab"] = _renamed_vocabulary(model, names)
    return msgspec.json.encode(content).decode()


def _renamed_vocabulary(model: dict[str, Any], names: dict[str, str]) -> Any:
    """Without this a model that knows a marker as a piece would still find it in a text."""
    vocabulary: Any = model["vocab"]
    if isinstance(vocabulary, list):
        pieces = cast("list[list[Any]]", vocabulary)
        return [[names.get(piece, piece), score] for piece, score in pieces]
    kept = {"".join(pair) for pair in _merges(model)} | {model.get("unk_token")}
    ids = cast("dict[str, int]", vocabulary)
    return {
        piece if piece in kept else names.get(piece, piece): number for piece, number in ids.items()
    }


def _merges(model: dict[str, Any]) -> list[list[str]]:
    merges: list[Any] = model.get("merges") or []
    return [pair.split(" ", 1) if isinstance(pair, str) else pair for pair in merges]
