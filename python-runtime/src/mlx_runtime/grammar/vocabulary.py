"""A model's tokens as llguidance knows them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import msgspec
from llguidance import LLTokenizer

from .faults import UnusableVocabulary


class VocabularySource(msgspec.Struct, frozen=True):
    """What it is built from; also crosses to the process that tries grammars out."""

    definition: str
    """A `tokenizer.json` of the tokenizers library."""
    size: int
    """Number of the model's logits; may exceed the tokenizer's tokens."""
    eos_token_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What tokens stand for."""

    texts: frozenset[bytes]
    longest: int

    def furthest(self, content: bytes) -> int:
        """How many bytes, from the first on, can be written."""
        reached = {0}
        for begin in range(len(content)):
            if begin in reached:
                ends = range(begin + 1, min(len(content), begin + self.longest) + 1)
                reached.update(end for end in ends if content[begin:end] in self.texts)
        return max(reached)


@dataclass(frozen=True)
class Vocabulary:
    source: VocabularySource
    tokens: LLTokenizer
    special: frozenset[int]
    """Tokens that stand for no text of their own."""

    def missing_in(self, text: str) -> str | None:
        """The first character of a text that tokens cannot write; None: there is none."""
        content = text.encode()
        pieces = self._pieces
        if all(content[place : place + 1] in pieces.texts for place in range(len(content))):
            return None
        reached = pieces.furthest(content)
        before = content[:reached].decode(errors="ignore")
        return None if reached == len(content) else text[len(before)]

    @property
    def longest_token(self) -> int:
        """In bytes."""
        return self._pieces.longest

    @cached_property
    def _pieces(self) -> _Pieces:
        ids = (token for token in range(self.tokens.vocab_size) if token not in self.special)
        texts = frozenset(self.tokens.decode_bytes([token]) for token in ids)
        return _Pieces(texts, max(map(len, texts), default=0))

    @staticmethod
    def of(source: VocabularySource) -> Vocabulary:
        """Takes some tenths of a second; raises UnusableVocabulary."""
        return Vocabulary(source, build_tokens(source), _special(source))


def without_spellings(definition: str) -> str:
    """A `tokenizer.json` in which no text is tokenised to a special token.

    llguidance writes what a grammar forces in the tokens that the tokenizer has
    for it, and would end an answer where its text names the end.
    """
    content: dict[str, Any] = msgspec.json.decode(definition)
    model: dict[str, Any] = content.get("model", {})
    vocabulary: Any = model.get("vocab")
    for token in content.get("added_tokens", ()):
        spelling: str = token["content"]
        if not token.get("special"):
            continue
        token["content"] = f"{_UNWRITTEN}{spelling}"
        if model.get("unk_token") == spelling:
            model["unk_token"] = token["content"]
        if isinstance(vocabulary, dict) and spelling in vocabulary:
            ids = cast("dict[str, int]", vocabulary)
            ids[token["content"]] = ids.pop(spelling)
        elif isinstance(vocabulary, list) and token["id"] < len(cast("list[Any]", vocabulary)):
            vocabulary[token["id"]][0] = token["content"]
    return msgspec.json.encode(content).decode()


def _special(source: VocabularySource) -> frozenset[int]:
    added = msgspec.json.decode(source.definition, type=_Definition).added_tokens
    return frozenset(token.id for token in added).union(source.eos_token_ids)


_UNWRITTEN = "\ufdd0"
"""Begins what no text holds: it is no character."""


class _AddedToken(msgspec.Struct):
    id: int


class _Definition(msgspec.Struct):
    added_tokens: tuple[_AddedToken, ...] = ()


def build_tokens(source: VocabularySource) -> LLTokenizer:
    if not source.eos_token_ids:
        raise UnusableVocabulary("The model names no end-of-sequence token")
    try:
        return LLTokenizer(
            without_spellings(source.definition),
            n_vocab=source.size,
            eos_token=list(source.eos_token_ids),
        )
    # llguidance raises whatever a tokenizer of an unknown kind makes it stumble over.
    except Exception as error:
        raise UnusableVocabulary(str(error)) from error
