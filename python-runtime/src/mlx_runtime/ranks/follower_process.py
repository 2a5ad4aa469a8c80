"""One of the other processes, as the first one sees it."""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import Any, cast

import msgspec

from .hosts import Host
from .messages import Alive, FromFollower, Memory, Prepare
from .pipes import PipeReader, PipeWriter
from .silence import Silence

_log = logging.getLogger(__name__)

_CARRIED = ("PYTHONPATH", "PYTHONNOUSERSITE", "PYTHONUTF8")
"""Variables that a process on another machine gets from this one."""


class FollowerProcess:
    """Ends by itself when this process is gone: the pipe to it closes, however this one ended."""

    def __init__(
        self,
        prepare: Prepare,
        host: Host | None,
        silence_seconds: float,
        on_loss: Callable[[str], None],
    ) -> None:
        """`host`: None: this machine. `silence_seconds`: after which it is taken for hung.
        `on_loss`: called once the process ended unasked or hangs, with a sentence; it may come
        from another thread."""
        self.rank = prepare.rank
        self.where = "this machine" if host is None else host.ssh
        self.memory: Memory | None = None
        self._on_loss = on_loss
        self._closing = False
        self._silence_seconds = silence_seconds
        self._silence = Silence(silence_seconds, self._give_up)
        self._said: SimpleQueue[FromFollower | None] = SimpleQueue()
        self._process = subprocess.Popen(
            _command(host, os.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        streams = cast("Any", self._process)
        self._writer = PipeWriter(streams.stdin.fileno())
        self._reader: PipeReader[Any] = PipeReader(
            os.dup(streams.stdout.fileno()), cast("Any", FromFollower)
        )
        threading.Thread(target=self._listen, name=f"rank-{self.rank}", daemon=True).start()
        self.tell(msgspec.msgpack.encode(prepare))

    def tell(self, encoded: bytes) -> None:
        """One of `ToFollower`. What a process that ended would be told is lost: its loss is
        noticed elsewhere."""
        try:
            self._writer.write_encoded(encoded)
        except OSError:
            _log.warning("rank %d on %s does not listen any more", self.rank, self.where)

    def next_said(self, seconds: float) -> FromFollower | None:
        """What it says next, but for its memory; None: nothing in that time, or it ended."""
        try:
            return self._said.get(timeout=seconds)
        except Empty:
            return None

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def close(self, seconds: float) -> None:
        """Asks it to end, and sees to it."""
        self._closing = True
        self._silence.end()
        streams = cast("Any", self._process)
        streams.stdin.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        try:
            for said in self._reader:
                self._silence.heard()
                if isinstance(said, Memory):
                    self.memory = said
                elif not isinstance(said, Alive):
                    self._said.put(said)
        except msgspec.DecodeError as error:
            _log.warning("rank %d says what nobody understands: %s", self.rank, error)
            self._process.kill()
        code = self._process.wait()
        self._silence.end()
        if not self._closing:
            self._lose(f"ended with code {code}")
        # Last, so that who is told that nothing more is said knows why.
        self._said.put(None)

    def _give_up(self) -> None:
        self._lose(f"said nothing for {self._silence_seconds:g} s")
        self._process.kill()

    def _lose(self, what: str) -> None:
        self._closing = True
        self._on_loss(f"rank {self.rank} on {self.where} {what}")


def _command(host: Host | None, variables: Mapping[str, str]) -> list[str]:
    command = [sys.executable, "-m", "mlx_runtime.follower"]
    if host is None:
        return command
    carried = [f"{name}={variables[name]}" for name in _CARRIED if name in variables]
    # Without a terminal, so that a question ends the attempt instead of waiting for an answer.
    return ["ssh", "-o", "BatchMode=yes", host.ssh, shlex.join(["env", *carried, *command])]
