"""A model's tokens as llguidance knows them."""

from __future__ import annotations

from dataclasses import dataclass

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
class Vocabulary:
    source: VocabularySource
    tokens: LLTokenizer

    @staticmethod
    def of(source: VocabularySource) -> Vocabulary:
        """Takes some tenths of a second; raises UnusableVocabulary."""
        return Vocabulary(source, build_tokens(source))


def build_tokens(source: VocabularySource) -> LLTokenizer:
    if not source.eos_token_ids:
        raise UnusableVocabulary("The model names no end-of-sequence token")
    try:
        return LLTokenizer(
            source.definition, n_vocab=source.size, eos_token=list(source.eos_token_ids)
        )
    # llguidance raises whatever a tokenizer of an unknown kind makes it stumble over.
    except Exception as error:
        raise UnusableVocabulary(str(error)) from error
