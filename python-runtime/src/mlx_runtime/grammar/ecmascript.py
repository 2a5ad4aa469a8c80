"""Regular expressions of JSON Schema, which are ECMAScript's, in the notation of Rust's.

Only what both read, and read differently, is rewritten: blanks, `.`, and what
is literal inside a class in one and an operator in the other. What only
ECMAScript has (look-around, `\\c`) is left to be refused.
"""

from __future__ import annotations

import re

_BLANKS = r"\t-\r \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF"
_ANYWHERE = {r"\S": f"[^{_BLANKS}]"}
_OUTSIDE = {**_ANYWHERE, r"\s": f"[{_BLANKS}]", ".": r"[^\n\r\u2028\u2029]"}
_IN_CLASS = {**_ANYWHERE, r"\s": _BLANKS, "[": r"\[", "&": r"\&", "~": r"\~"}
_PIECE = re.compile(r"\\.|.", re.DOTALL)


def to_rust(pattern: str) -> str:
    written: list[str] = []
    in_class = False
    for found in _PIECE.finditer(pattern):
        piece = found.group()
        written.append((_IN_CLASS if in_class else _OUTSIDE).get(piece, piece))
        in_class = piece != "]" if in_class else piece == "["
    return "".join(written)
