"""The process that tries grammars out: a line with the vocabulary, then one per grammar.

Each is answered by a line that says what is wrong, or nothing. A grammar
that costs too much ends the process instead.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import sys
import threading

import msgspec
from llguidance import LLTokenizer

from .limits import COMPILE_CPU_SECONDS, COMPILE_MEMORY_BYTES, STACK_BYTES
from .matching import compile_matcher
from .vocabulary import VocabularySource, build_tokens


def main() -> None:
    source = msgspec.json.decode(sys.stdin.buffer.readline(), type=VocabularySource)
    tokens = build_tokens(source)
    # Not every system can limit it; processor time limits it too.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (COMPILE_MEMORY_BYTES, COMPILE_MEMORY_BYTES))
    threading.stack_size(STACK_BYTES // 2)
    worker = threading.Thread(target=_serve, args=(tokens,))
    worker.start()
    worker.join()


def _serve(tokens: LLTokenizer) -> None:
    for line in sys.stdin.buffer:
        grammar = msgspec.json.decode(line, type=str)
        # Its signal is not handled, so it ends the process wherever it is.
        signal.setitimer(signal.ITIMER_PROF, COMPILE_CPU_SECONDS)
        _, fault = compile_matcher(tokens, grammar)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.buffer.write(msgspec.json.encode(fault or "") + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
