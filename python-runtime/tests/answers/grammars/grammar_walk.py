"""Writes whatever a grammar lets through, as a model without any sense would."""

from __future__ import annotations

import json
import random
from functools import lru_cache
from typing import Any

from llguidance import LLMatcher, LLTokenizer
from tokenizers import AddedToken, Tokenizer

from mlx_runtime.grammar.json_schema import json_notation
from mlx_runtime.grammar.sources import grammar_source
from mlx_runtime.wire import WireGrammar, WireGrammarJsonSchema, WireGrammarLark

_LONGEST = 600


@lru_cache(maxsize=16)
def writer_of(tokenizer: Tokenizer, *special: str) -> Writer:
    """The same one for the same tokens: to make one takes long."""
    return Writer(tokenizer, *special)


class Writer:
    def __init__(self, tokenizer: Tokenizer, *special: str) -> None:
        """`special`: tokens that no text is tokenised to."""
        self.tokenizer = Tokenizer.from_str(tokenizer.to_str())
        self.tokenizer.add_special_tokens([AddedToken(name, special=True) for name in special])
        self.special = {name: self.tokenizer.token_to_id(name) or 0 for name in special}
        size = self.tokenizer.get_vocab_size()
        self._tokens = LLTokenizer(self.tokenizer.to_str(), n_vocab=size)

    def lets_through(self, grammar: str | None, text: str) -> bool:
        return self._lets_through(self._matcher(grammar), text)

    def _lets_through(self, matcher: LLMatcher, text: str) -> bool:
        ids = self.tokenizer.encode(text, add_special_tokens=False).ids
        return matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()

    def write(self, grammar: str | None, seed: int) -> str:
        """A whole answer of tokens drawn from those that are allowed."""
        draw = random.Random(seed)
        matcher = self._matcher(grammar)
        written: list[int] = []
        while not matcher.is_accepting():
            assert len(written) < _LONGEST
            mask = matcher.compute_bitmask()
            allowed = [
                index * 8 + bit
                for index, byte in enumerate(mask)
                for bit in range(8)
                if byte >> bit & 1
            ]
            token = draw.choice(allowed)
            assert matcher.consume_token(token)
            written.append(token)
        return self.tokenizer.decode(written, skip_special_tokens=False)

    def fits(self, value: Any, schema: dict[str, Any]) -> bool:
        """Whether a value is valid for its schema, as the JSON grammar has it."""
        grammar = WireGrammarJsonSchema(schema=json.dumps(schema))
        text = json.dumps(value, ensure_ascii=False)
        return self._lets_through(self._matcher_of(grammar), text)

    def _matcher(self, grammar: str | None) -> LLMatcher:
        assert grammar is not None
        return self._matcher_of(WireGrammarLark(grammar=grammar))

    def _matcher_of(self, grammar: WireGrammar) -> LLMatcher:
        made = grammar_source(grammar, json_notation(escapes=True), strict=False)
        matcher = LLMatcher(self._tokens, made.source)
        assert not matcher.is_error(), matcher.get_error()
        return matcher
