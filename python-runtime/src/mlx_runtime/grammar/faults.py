"""What can be wrong with a grammar."""

from __future__ import annotations

from ..errors import GUIDANCE_ERROR, RpcError


class UnusableVocabulary(Exception):
    """The model's tokenizer is of a kind that grammars cannot work with."""


class InvalidGrammar(RpcError):
    """A grammar that cannot be honoured; the message says why."""

    def __init__(self, message: str) -> None:
        super().__init__(GUIDANCE_ERROR, message, type="invalid_grammar", param="grammar")
