"""The generation thread's loop: commands from other threads between steps."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from ..slices import Slices
from .heartbeat import Activity

if TYPE_CHECKING:
    from .model_host import ModelHost

Command = Callable[["ModelHost"], None]
Result = TypeVar("Result")

_SHARE = 0.25
"""Of a step's time, for slices between it and the next one; there is always time for one."""

_DONE = object()


class GenerationLoop:
    """Runs on the process's main thread; the other methods may be called from any."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._commands: SimpleQueue[Command] = SimpleQueue()
        self._spread: deque[Slices[None]] = deque()
        """Work between steps; the first of it goes on first."""
        self._stopping = False

    def post(self, command: Command) -> None:
        """Has the command run on the generation thread before the next step."""
        self._commands.put(command)

    def call(self, work: Callable[[ModelHost], Result]) -> Future[Result]:
        """As `post`, for work whose result or error another thread waits for."""
        future: Future[Result] = Future()

        def command(host: ModelHost) -> None:
            try:
                future.set_result(work(host))
            except Exception as error:
                future.set_exception(error)

        self.post(command)
        return future

    def spread(self, work: Callable[[ModelHost], Slices[Result]]) -> Future[Result]:
        """As `call`, for long work: steps run between its slices."""
        future: Future[Result] = Future()

        def slices(host: ModelHost) -> Slices[None]:
            try:
                future.set_result((yield from work(host)))
            except Exception as error:
                future.set_exception(error)

        self.post(lambda host: self._spread.append(slices(host)))
        return future

    def stop(self) -> None:
        """Ends `run` after the commands posted before."""

        def stop(_host: ModelHost) -> None:
            self._stopping = True

        self.post(stop)

    def run(self, host: ModelHost) -> None:
        while not self._stopping:
            self._run_commands(host)
            seconds = 0.0
            if host.has_work() and not self._stopping:
                started = time.monotonic()
                host.step()
                seconds = time.monotonic() - started
                self._activity.tick()
            if not self._stopping:
                self._run_slices(_SHARE * seconds)

    def _run_slices(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self._spread:
            self._activity.current = "loading"
            if next(self._spread[0], _DONE) is _DONE:
                self._spread.popleft()
            self._activity.tick()
            if time.monotonic() >= until:
                return

    def _run_commands(self, host: ModelHost) -> None:
        """Waits for a command when there is nothing else to do, then runs all there are."""
        if not host.has_work() and not self._spread:
            self._activity.current = "idle"
            self._run(self._commands.get(), host)
        while not self._stopping:
            try:
                command = self._commands.get_nowait()
            except Empty:
                return
            self._run(command, host)

    def _run(self, command: Command, host: ModelHost) -> None:
        command(host)
        self._activity.tick()
