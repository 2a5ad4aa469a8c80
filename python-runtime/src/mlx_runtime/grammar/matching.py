"""Compiles a grammar to a matcher, with its first mask."""

from __future__ import annotations

import numpy as np
from llguidance import LLMatcher, LLTokenizer

from .constraint import bitmask_words
from .limits import parser_limits
from .reasons import brief


def compile_matcher(tokens: LLTokenizer, source: str) -> tuple[LLMatcher, str | None]:
    """A matcher, and what is wrong with the grammar: None when it can be followed.

    The first mask is part of it: parts of the work are put off until then,
    and a grammar that no answer can satisfy shows there.
    """
    matcher = LLMatcher(tokens, source, log_level=0, limits=parser_limits())
    words = np.zeros(bitmask_words(tokens.vocab_size), dtype=np.uint32)
    matcher.unsafe_compute_mask_ptr(words.ctypes.data, words.nbytes)
    if matcher.is_error():
        return matcher, brief(matcher.get_error())
    if not words.any():
        return matcher, "no token of the model can begin an answer"
    return matcher, None
