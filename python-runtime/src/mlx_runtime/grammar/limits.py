"""What a grammar may cost. Every figure bounds work that a caller's text can cause."""

from __future__ import annotations

from llguidance import LLParserLimits

_COMPILE_CPU_SECONDS = 0.12
"""Processor time for compiling a grammar and its first mask: four times what the costliest of
11,305 public schemas takes for its length. Beside running streams it takes twice as long on the
clock, and a refusal has half a second."""
_COMPILE_CPU_SECONDS_PER_CHARACTER = 1e-6
"""Besides: hundreds of tools are honest work."""
USUAL_AT_ONCE = 20_000
"""Characters of a grammar of which the usual texts are compiled besides when it is first asked
for, to draft from; those of longer ones wait until they are asked for again."""
LONGEST_USUAL_GRAMMAR = 300_000
"""Characters of a grammar of which the usual texts are compiled at all."""
COMPILE_WAIT_SECONDS = 10.0
"""The same on the clock, for a process that is starved or stuck."""
MASK_CPU_SECONDS = 0.4
"""Processor time of one mask. Ordinary grammars take less than a millisecond."""
COMPILE_MEMORY_BYTES = 4 * 2**30
"""Address space of the process that tries a grammar out."""
STACK_BYTES = 16 * 2**20
"""Stack of the thread that compiles; the one that tries a grammar out has half of it."""
KEPT_GRAMMARS = 64
TOO_COSTLY = "The grammar is too large or too complex to compile in the time that a request has"


def compile_seconds(source: str) -> float:
    """Processor time that a grammar may take."""
    return _COMPILE_CPU_SECONDS + len(source) * _COMPILE_CPU_SECONDS_PER_CHARACTER


def parser_limits() -> LLParserLimits:
    """Verbose errors would put the whole grammar into a message."""
    return LLParserLimits(
        step_lexer_fuel=3_000_000,
        step_max_items=20_000,
        max_lexer_states=50_000,
        max_grammar_size=200_000,
        verbose_errors=False,
    )
