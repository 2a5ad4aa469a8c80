"""Which bytes a token stands for, by the kind of decoder in tokenizer.json."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

PieceBytes = Callable[[str], bytes]
"""From a token as the vocabulary spells it to its bytes."""

_BYTE_PIECE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def piece_bytes_for(decoder: Mapping[str, Any] | None) -> PieceBytes | None:
    """None when the decoder does not work on each token by itself."""
    if decoder is None:
        return None
    match decoder.get("type"):
        case "ByteLevel":
            return _byte_level_piece
        case "Metaspace":
            return _spaced_piece(str(decoder.get("replacement", "▁")), byte_pieces=False)
        case "Sequence":
            return _sequence(decoder.get("decoders") or [])
        case _:
            return None


def _sequence(decoders: list[Mapping[str, Any]]) -> PieceBytes | None:
    """SentencePiece as exported: a space mark, byte tokens, perhaps a leading space to strip.

    The strip concerns the first token of a text, which generated tokens never are.
    """
    kinds = [decoder.get("type") for decoder in decoders]
    if kinds == ["ByteLevel"]:
        return _byte_level_piece
    if kinds not in (
        ["Replace", "ByteFallback", "Fuse"],
        ["Replace", "ByteFallback", "Fuse", "Strip"],
    ):
        return None
    pattern: dict[str, str] = decoders[0].get("pattern") or {}
    mark = pattern.get("String")
    if decoders[0].get("content") != " " or not mark:
        return None
    return _spaced_piece(mark, byte_pieces=True)


def _spaced_piece(mark: str, *, byte_pieces: bool) -> PieceBytes:
    def piece_bytes(piece: str) -> bytes:
        if byte_pieces and (match := _BYTE_PIECE.fullmatch(piece)):
            return bytes([int(match[1], 16)])
        return piece.replace(mark, " ").encode()

    return piece_bytes


def _byte_level_alphabet() -> dict[str, int]:
    """GPT-2's printable stand-ins for the 256 bytes (Radford et al., 2019)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    alphabet = {chr(byte): byte for byte in printable}
    others = (byte for byte in range(256) if byte not in set(printable))
    alphabet.update({chr(256 + index): byte for index, byte in enumerate(others)})
    return alphabet


_ALPHABET = _byte_level_alphabet()


def _byte_level_piece(piece: str) -> bytes:
    """Added tokens may hold other characters: those stand for themselves."""
    try:
        return bytes([_ALPHABET[character] for character in piece])
    except KeyError:
        return piece.encode()
