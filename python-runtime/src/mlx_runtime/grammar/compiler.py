"""Compiles grammars, and keeps the last ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import msgspec
from llguidance import LLMatcher

from ..wire import WireGrammar
from .constraint import Constraint
from .faults import InvalidGrammar
from .limits import KEPT_GRAMMARS
from .matching import compile_matcher
from .sources import grammar_source
from .trial import Trials
from .vocabulary import Vocabulary


class GrammarCompiler:
    """For one model. Belongs to one thread; compiling keeps it for up to half a second."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._trials = Trials(vocabulary.source)
        self._kept: OrderedDict[bytes, LLMatcher | str] = OrderedDict()
        """By grammar: compiled, or why it was refused."""

    def constraint(self, grammar: WireGrammar, resume_tokens: Sequence[int] = ()) -> Constraint:
        """A row's own, past the tokens of an earlier life; raises InvalidGrammar."""
        constraint = Constraint(self._matcher(grammar).deep_copy())
        constraint.advance(*resume_tokens)
        if constraint.fault is not None:
            raise InvalidGrammar(
                f"The resumed tokens do not follow the grammar: {constraint.fault}"
            )
        return constraint

    def close(self) -> None:
        self._trials.close()

    def _matcher(self, grammar: WireGrammar) -> LLMatcher:
        key = msgspec.json.encode(grammar)
        known = self._kept.pop(key, None)
        if known is None:
            known = self._compile(grammar)
        self._kept[key] = known
        if len(self._kept) > KEPT_GRAMMARS:
            self._kept.popitem(last=False)
        if isinstance(known, str):
            raise InvalidGrammar(known)
        return known

    def _compile(self, grammar: WireGrammar) -> LLMatcher | str:
        try:
            source = grammar_source(grammar)
            self._trials.run(source)
        except InvalidGrammar as refused:
            return refused.message
        matcher, fault = compile_matcher(self._vocabulary.tokens, source)
        return matcher if fault is None else fault
