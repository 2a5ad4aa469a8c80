"""Literal text in llguidance's Lark."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping


def lark_text(text: str, special_tokens: Mapping[str, int]) -> str:
    """An expression for exactly this text; empty for empty text.

    Tokens that no text is tokenised to have to be named by their ids.
    """
    return " ".join(
        f"<[{special_tokens[piece]}]>" if piece in special_tokens else json.dumps(piece)
        for piece in pieces_of(text, special_tokens)
    )


def pieces_of(text: str, special_tokens: Mapping[str, int]) -> list[str]:
    """The special tokens of a text and what lies between them, none of it empty."""
    if not special_tokens:
        return [text] if text else []
    found = re.split(f"({'|'.join(map(re.escape, special_tokens))})", text)
    return [piece for piece in found if piece]


def with_places(text: str, special_tokens: Mapping[str, int], places: Mapping[str, str]) -> str:
    """The same, where the keys of `places` stand for what matches their expressions."""
    found = re.split(f"({'|'.join(map(re.escape, places))})", text)
    return " ".join(
        f"/{places[piece]}/" if piece in places else lark_text(piece, special_tokens)
        for piece in found
    )
