"""The process that tries grammars out: a line with the vocabulary, then one per grammar.

Each is answered by a line that says what is wrong, or nothing. Every grammar
is compiled in a fork, so that one that costs too much ends nothing else, and
the next one need not wait for the vocabulary to be built again.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
import threading
from typing import NoReturn

import msgspec
from llguidance import LLTokenizer

from .limits import (
    COMPILE_MEMORY_BYTES,
    COMPILE_WAIT_SECONDS,
    STACK_BYTES,
    TOO_COSTLY,
)
from .matching import compile_matcher
from .sandbox import CompileRequest
from .vocabulary import VocabularySource, build_tokens


def main() -> None:
    source = msgspec.json.decode(sys.stdin.buffer.readline(), type=VocabularySource)
    tokens = build_tokens(source)
    # Not every system can limit it; processor time limits it too.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (COMPILE_MEMORY_BYTES, COMPILE_MEMORY_BYTES))
    threading.stack_size(STACK_BYTES // 2)
    for line in sys.stdin.buffer:
        fault = _compile_in_fork(tokens, msgspec.json.decode(line, type=CompileRequest))
        sys.stdout.buffer.write(msgspec.json.encode(fault) + b"\n")
        sys.stdout.buffer.flush()


def _compile_in_fork(tokens: LLTokenizer, request: CompileRequest) -> str:
    result, written = os.pipe()
    fork = os.fork()
    if fork == 0:
        os.close(result)
        _compile(tokens, request, written)
    os.close(written)
    with os.fdopen(result, "rb") as answer:
        fault = answer.read().decode()
    _, status = os.waitpid(fork, 0)
    return fault if status == 0 else TOO_COSTLY


def _compile(tokens: LLTokenizer, request: CompileRequest, answer: int) -> NoReturn:
    """In the fork. The timers' signals are not handled, so they end it wherever it is."""
    signal.setitimer(signal.ITIMER_PROF, request.cpu_seconds)
    signal.setitimer(signal.ITIMER_REAL, COMPILE_WAIT_SECONDS)
    codes: list[int] = []

    def work() -> None:
        _, fault = compile_matcher(tokens, request.grammar)
        os.write(answer, (fault or "").encode())
        codes.append(0)

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    os._exit(codes[0] if codes else 1)


if __name__ == "__main__":
    main()
