"""Compiles the grammars of requests, on a thread of its own.

A hostile grammar takes its time there; prompts without one pass by.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from ..errors import INVALID_PARAMS, RpcError
from ..grammar import Constraint, GrammarCompiler, Vocabulary
from ..grammar.limits import STACK_BYTES
from ..wire import WireGrammar


class Grammars:
    """`run` works off, in order, what `post` was given; `constraint` is called inside it."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._compiler: GrammarCompiler | None = None

    def start(self) -> None:
        # llguidance recurses over a grammar's parts.
        usual = threading.stack_size(STACK_BYTES)
        try:
            threading.Thread(target=self._run, name="grammars", daemon=True).start()
        finally:
            threading.stack_size(usual)

    def serve(self, vocabulary: Vocabulary | None) -> None:
        """From now on grammars are for this model; None: it can follow none."""
        self._compiler = None if vocabulary is None else GrammarCompiler(vocabulary)

    def post(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)

    def constraint(
        self,
        grammar: WireGrammar,
        resume_tokens: Sequence[int],
        *,
        strict: bool,
        ends: Sequence[int],
    ) -> Constraint:
        """`ends`: tokens that end the answer besides the model's own; raises RpcError."""
        if self._compiler is None:
            raise RpcError(
                INVALID_PARAMS,
                "The model's tokenizer is of a kind that grammars cannot work with",
                type="unsupported_parameter",
                param="grammar",
            )
        return self._compiler.constraint(grammar, resume_tokens, strict=strict, ends=ends)

    def _run(self) -> None:
        while True:
            self._jobs.get()()
