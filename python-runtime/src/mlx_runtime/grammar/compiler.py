"""Compiles grammars, and keeps the last ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from llguidance import LLMatcher

from ..wire import WireGrammar, WireGrammarChoice
from .constraint import Constraint
from .far_lengths import FarLengths, FarLengthWatch
from .faults import InvalidGrammar
from .json_schema import json_notation
from .limits import KEPT_GRAMMARS, LONGEST_USUAL_GRAMMAR, USUAL_AT_ONCE, compile_seconds
from .matching import compile_matcher
from .sandbox import CompileSandbox
from .schema.source import Expanded, Unheld
from .sources import grammar_source
from .vocabulary import Vocabulary


@dataclass(slots=True)
class Compiled:
    source: str
    matcher: LLMatcher
    unheld: Sequence[Unheld]
    """Keywords of JSON Schema that are left to whoever reads the answer."""
    far: FarLengths | None = None
    """None: the matcher counts all lengths."""
    usual: LLMatcher | None = None
    """Of the same texts without escapes that need not be; None: there are no others, or they
    wait."""
    usual_waits: bool = True


class GrammarCompiler:
    """For one model. Belongs to one thread; what it costs is bounded by a grammar's length."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._sandbox = CompileSandbox(vocabulary.source)
        self._kept: OrderedDict[bytes, Compiled | str] = OrderedDict()
        """By grammar: compiled, or why it was refused."""

    def constraint(
        self,
        grammar: WireGrammar,
        resume_tokens: Sequence[int] = (),
        *,
        strict: bool = True,
        ends: Sequence[int] = (),
    ) -> Constraint:
        """A sequence's own, past the tokens that it has already; raises InvalidGrammar. `strict`:
        keywords of a schema that are not held are refused. `ends`: tokens that end the answer
        besides the model's own."""
        compiled = self._compiled(grammar, strict=strict)
        usual = None if compiled.usual is None else compiled.usual.deep_copy()
        source = self._vocabulary.source
        constraint = Constraint(
            compiled.matcher.deep_copy(),
            usual,
            special=self._vocabulary.special,
            # Callers name what they like: a token without a logit never comes.
            ends=[each for each in (*source.eos_token_ids, *ends) if 0 <= each < source.size],
            unheld=compiled.unheld,
            far=None if compiled.far is None else FarLengthWatch(compiled.far, self._vocabulary),
        )
        constraint.advance(*resume_tokens)
        if constraint.fault is not None:
            raise InvalidGrammar(
                f"The resumed tokens do not follow the grammar: {constraint.fault}"
            )
        return constraint

    def close(self) -> None:
        self._sandbox.close()

    def _compiled(self, grammar: WireGrammar, *, strict: bool) -> Compiled:
        key = (b"strict " if strict else b"") + msgspec.json.encode(grammar)
        known = self._kept.pop(key, None)
        if isinstance(known, Compiled) and known.usual_waits:
            self._compile_usual(known, grammar)
        elif known is None:
            try:
                known = self._compile(grammar, strict=strict)
            except InvalidGrammar as refused:
                known = refused.message
        self._kept[key] = known
        if len(self._kept) > KEPT_GRAMMARS:
            self._kept.popitem(last=False)
        if isinstance(known, str):
            raise InvalidGrammar(known)
        return known

    def _compile(self, grammar: WireGrammar, *, strict: bool) -> Compiled:
        if isinstance(grammar, WireGrammarChoice):
            self._check_choices(grammar)
        made = self._tried(grammar, strict=strict)
        compiled = self._counting(grammar, made)
        if len(made.source) > LONGEST_USUAL_GRAMMAR or not all(
            told.keyword for told in made.unheld
        ):
            compiled.usual_waits = False
        elif len(made.source) <= USUAL_AT_ONCE:
            self._compile_usual(compiled, grammar)
        return compiled

    def _counting(self, grammar: WireGrammar, made: Expanded) -> Compiled:
        counting = self._matcher(made.source)
        if not made.far_lengths:
            return Compiled(made.source, counting, made.unheld)
        notation = json_notation(escapes=True, counts_far=False)
        near = grammar_source(grammar, notation, strict=False).source
        self._sandbox.run(near, compile_seconds(near))
        far = FarLengths(counting, min(made.far_lengths))
        return Compiled(near, self._matcher(near), made.unheld, far)

    def _compile_usual(self, compiled: Compiled, grammar: WireGrammar) -> None:
        notation = json_notation(escapes=False, counts_far=False)
        usual = grammar_source(grammar, notation, strict=False).source
        compiled.usual_waits = False
        compiled.usual = None if usual == compiled.source else self._matcher(usual)

    def _check_choices(self, grammar: WireGrammarChoice) -> None:
        for place, choice in enumerate(grammar.choices):
            missing = self._vocabulary.missing_in(choice)
            if missing is not None:
                code = f"U+{ord(missing):04X}"
                raise InvalidGrammar(
                    f"The model has no token for the character {code} of choice {place}"
                )

    def _tried(self, grammar: WireGrammar, *, strict: bool) -> Expanded:
        """Where it takes too much and is not strict, schemas are held by their type alone."""
        made = grammar_source(grammar, json_notation(escapes=True), strict=strict)
        try:
            self._sandbox.run(made.source, compile_seconds(made.source))
        except InvalidGrammar:
            if strict:
                raise
            of_types = json_notation(escapes=True, types_only=True)
            looser = grammar_source(grammar, of_types, strict=False)
            if not looser.unheld:
                raise
            self._sandbox.run(looser.source, compile_seconds(looser.source))
            return looser
        return made

    def _matcher(self, source: str) -> LLMatcher:
        matcher, fault = compile_matcher(self._vocabulary.tokens, source)
        if fault is not None:
            raise InvalidGrammar(fault)
        return matcher
