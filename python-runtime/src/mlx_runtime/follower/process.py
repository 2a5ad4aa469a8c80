"""Computes with its share of a model whatever the first process says, and ends with that one."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import NoReturn

from ..parent_watch import watch_parent
from ..ranks.files import naming_files
from ..ranks.listening import try_listening
from ..ranks.messages import Failed, Prepare, Ready
from ..ranks.pipes import PipeWriter
from .beats import Beats
from .said import Said, leave

_log = logging.getLogger(__name__)

_EXIT_FAILED = 70


def run(messages_in: int, messages_out: int) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    watch_parent()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    writer = PipeWriter(messages_out)
    said = Said(messages_in)
    prepare = said.next(Prepare)
    # MLX and its libraries look at these when they are imported.
    os.environ.update(prepare.variables)
    try:
        with naming_files(prepare.files):
            _follow(prepare, said, writer)
    except Exception as error:
        _log.critical("rank %d failed", prepare.rank, exc_info=True)
        writer.write(Failed(f"{type(error).__name__}: {error}"))
        leave(_EXIT_FAILED)


def _follow(prepare: Prepare, said: Said, writer: PipeWriter) -> NoReturn:
    from ..model.mlx_lm_import import prepare_mlx_lm

    prepare_mlx_lm()
    # Only now: this imports mlx-lm.
    from .share import follow_first_rank

    try_listening(prepare.listens_at)
    writer.write(Ready())
    beats = Beats(prepare.beat_seconds, writer.write)
    beats.start()
    follow_first_rank(prepare, said, writer.write, beats.report)
