"""How the families of byte-level vocabularies split a text before they merge, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import GgufError

Step = dict[str, Any]

BYTE_LEVEL: Step = {
    "type": "ByteLevel",
    "add_prefix_space": False,
    "trim_offsets": True,
    "use_regex": True,
}
_DIGITS: Step = {"type": "Digits", "individual_digits": True}


@dataclass(frozen=True, slots=True)
class Splitting:
    steps: Sequence[Step]
    normalizer: Step | None = None
    ignores_merges: bool = False
    """A word that is a token is one, whatever its merges say."""


def _by(pattern: str) -> list[Step]:
    split = {
        "type": "Split",
        "pattern": {"Regex": pattern},
        "behavior": "Isolated",
        "invert": False,
    }
    return [split, {**BYTE_LEVEL, "use_regex": False}]


_SHORT = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_BLANKS = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_SIGNS = r" ?[^\s\p{L}\p{N}]+[\r\n]*"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"


def _words(digits: str) -> str:
    return rf"{_SHORT}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{digits}|{_SIGNS}|{_BLANKS}"


def _cased_words(short: str, digits: str) -> str:
    """A capital begins a word."""
    before, signs = r"[^\r\n\p{L}\p{N}]?", r" ?[^\s\p{L}\p{N}]+[\r\n/]*"
    lower, upper = f"{before}{_UPPER}*{_LOWER}+{short}", f"{before}{_UPPER}+{_LOWER}*{short}"
    return f"{lower}|{upper}|{digits}|{signs}|{_BLANKS}"


_ONE, _THREE = r"\p{N}", r"\p{N}{1,3}"
_GPT2 = Splitting([BYTE_LEVEL])
_LLAMA3 = Splitting(_by(_words(_THREE)), ignores_merges=True)

SPLITTINGS: Mapping[str, Splitting] = {
    "default": _GPT2,
    "gpt-2": _GPT2,
    "smollm": Splitting([_DIGITS, BYTE_LEVEL]),
    "llama-bpe": _LLAMA3,
    "llama-v3": _LLAMA3,
    "llama3": _LLAMA3,
    "dbrx": Splitting(_by(_words(_THREE))),
    "qwen2": Splitting(_by(_words(_ONE)), normalizer={"type": "NFC"}),
    "tekken": Splitting(_by(_cased_words("", _ONE)), ignores_merges=True),
    "gpt-4o": Splitting(_by(_cased_words(f"{_SHORT}?", _THREE))),
}
"""By what `tokenizer.ggml.pre` says."""


def splitting(name: str) -> Splitting:
    """Raises GgufError, by name, for one that is not known."""
    if name not in SPLITTINGS:
        known = ", ".join(SPLITTINGS)
        raise GgufError(f"GGUF tokenizer with '{name}' splitting is not supported, only {known}")
    return SPLITTINGS[name]
