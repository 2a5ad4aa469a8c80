"""Literal text in llguidance's Lark."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping


def lark_text(text: str, special_tokens: Mapping[str, int]) -> str:
    """An expression for exactly this text; empty for empty text.

    Tokens that no text is tokenised to have to be named by their ids.
    """
    if not text:
        return ""
    if not special_tokens:
        return json.dumps(text)
    found = re.split(f"({'|'.join(map(re.escape, special_tokens))})", text)
    return " ".join(
        f"<[{special_tokens[piece]}]>" if piece in special_tokens else json.dumps(piece)
        for piece in found
        if piece
    )


def with_number(text: str, special_tokens: Mapping[str, int]) -> str:
    """The same, where `{index}` stands for any number."""
    before, numbered, behind = text.partition("{index}")
    number = "/[0-9]+/" if numbered else ""
    return f"{lark_text(before, special_tokens)} {number} {lark_text(behind, special_tokens)}"
