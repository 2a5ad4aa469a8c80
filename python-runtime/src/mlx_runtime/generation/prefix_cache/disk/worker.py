"""A thread that does what it is given, one thing after another."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

_log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Worker:
    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # A daemon: a slow disk must not keep the process from ending.
        Thread(target=self._run, name=name, daemon=True).start()

    def post(self, job: Callable[[], Result]) -> Future[Result]:
        """The job's result; its error is logged too, as often nobody looks."""
        future: Future[Result] = Future()

        def run() -> None:
            try:
                future.set_result(job())
            except Exception as error:
                _log.exception("work on kept prefixes failed")
                future.set_exception(error)

        self._jobs.put(run)
        return future

    def stop(self) -> None:
        """Ends the thread after the jobs posted before."""
        self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
