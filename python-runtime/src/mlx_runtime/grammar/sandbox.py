"""Tries grammars out in a process of their own.

A hostile grammar can overflow the compiler's stack, which ends a process, or
keep it busy for minutes, which nothing can interrupt. So every grammar is
compiled once where only it can suffer; the process is started when the first
grammar comes.
"""

from __future__ import annotations

import select
import subprocess
import sys

import msgspec

from .faults import InvalidGrammar
from .limits import COMPILE_WAIT_SECONDS, TOO_COSTLY
from .vocabulary import VocabularySource

_MODULE = "mlx_runtime.grammar.sandbox_process"


class CompileRequest(msgspec.Struct, frozen=True):
    """What crosses to the process."""

    grammar: str
    cpu_seconds: float
    """That it may take."""


class CompileSandbox:
    """Belongs to one thread."""

    def __init__(self, source: VocabularySource) -> None:
        self._source = source
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, grammar: str, cpu_seconds: float) -> None:
        """Raises InvalidGrammar unless the grammar compiles within the limits."""
        process = self._process or self._start()
        fault = _ask(process, CompileRequest(grammar, cpu_seconds))
        if fault is None:
            self.close()
            raise InvalidGrammar(TOO_COSTLY)
        if fault:
            raise InvalidGrammar(fault)

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._process = process
        _send(process, msgspec.json.encode(self._source))
        return process


def _ask(process: subprocess.Popen[bytes], request: CompileRequest) -> str | None:
    """What is wrong with a grammar, empty for nothing; None: the process is gone or stuck."""
    answers = process.stdout
    if answers is None or not _send(process, msgspec.json.encode(request)):
        return None
    ready, _, _ = select.select([answers], [], [], 2 * COMPILE_WAIT_SECONDS)
    line = answers.readline() if ready else b""
    return msgspec.json.decode(line, type=str) if line else None


def _send(process: subprocess.Popen[bytes], line: bytes) -> bool:
    try:
        if process.stdin is not None:
            process.stdin.write(line + b"\n")
            process.stdin.flush()
    except BrokenPipeError:
        return False
    return True
