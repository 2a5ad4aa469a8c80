"""Puts the threads together and runs them until the parent is done.

main        generation: owns MLX (load, step, teardown)
reader      frames in; cancellations and credit pass here without waiting
intake      tokenises prompts, renders chat templates
grammars    compiles the grammars of requests
drafts      loads draft models, their weights on the generation thread between steps
images      has the images of requests read
expected-text  reads the tokenizer of the model that is likely to be loaded, then ends
emitter     tokens to text, frames out
heartbeat, parent-watch
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from .logs import configure_logs
from .model.mlx_lm_import import prepare_mlx_lm
from .parent_watch import exit_within, watch_parent
from .protocol.frame_writer import FrameWriter

if TYPE_CHECKING:
    from .serving.generation_loop import GenerationLoop

_log = logging.getLogger(__name__)

_EXIT_CRASHED = 70
_SECONDS_TO_SHUT_DOWN = 4.0
_SECONDS_AFTER_EOF = 2.0
_SECONDS_TO_EMIT = 1.0


def run(frames_in: int, frames_out: int, expected_model: str | None = None) -> NoReturn:
    """Serves until `shutdown` or the end of input; the exit code is then 0.

    `expected_model`: the directory that `load` will probably name.
    """
    # An interrupt typed in a terminal is for the parent, which shuts us down.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch_parent()
    writer = FrameWriter(frames_out)
    configure_logs(writer.write)
    threading.excepthook = _die
    try:
        prepare_mlx_lm()
        _serve(frames_in, writer, expected_model)
    # Without its generation thread a process would look alive and answer nothing.
    except Exception:
        _log.critical("the generation thread died", exc_info=True)
        _leave(_EXIT_CRASHED)
    _leave(0)


def _serve(frames_in: int, writer: FrameWriter, expected_model: str | None) -> None:
    # Only now: these import MLX and mlx-lm.
    from .reader import Reader
    from .serving.model_host import ModelHost
    from .serving.parts import make_parts

    parts = make_parts(
        writer.write,
        expected_model,
        begin_shutdown=lambda loop: _stop(loop, _SECONDS_TO_SHUT_DOWN),
        malformed_frames=lambda: reader.malformed_frames,
    )
    reader = Reader(frames_in, parts.replies)

    def read() -> None:
        reader.run(parts.methods)
        _stop(parts.loop, _SECONDS_AFTER_EOF)

    emitting = _start("emitter", parts.emitter.run)
    _start("intake", parts.intake.run)
    parts.grammars.start()
    parts.drafts.start()
    parts.images.start()
    if parts.expected is not None:
        parts.expected.start()
    _start("reader", read)
    try:
        host = ModelHost(parts.emitter.post, parts.activity)
        parts.loop.run(host)
        host.close()
    finally:
        parts.emitter.stop()
        emitting.join(_SECONDS_TO_EMIT)


def _start(name: str, target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread


def _stop(loop: GenerationLoop, seconds: float) -> None:
    exit_within(seconds, 0)
    loop.stop()


def _die(failure: threading.ExceptHookArgs) -> None:
    """A process without one of its threads would look alive and answer nothing."""
    _log.critical("thread %s died", failure.thread, exc_info=failure.exc_value)
    _leave(_EXIT_CRASHED)


def _leave(code: int) -> NoReturn:
    """Without waiting for other threads, which sit in reads that never end."""
    sys.stderr.flush()
    os._exit(code)
