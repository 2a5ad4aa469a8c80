"""All processes of one model, as the first one of them holds them."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec
from msgspec import Struct

from ..errors import INVALID_PARAMS, MODEL_LOAD_ERROR, RpcError
from ..model.sharding import join_group
from ..wire import LoadParams, LoadParamsParallel, WireDevice
from .backends import Backend, Surroundings, surroundings
from .files import naming_files
from .follower_process import FollowerProcess
from .hosts import Host, read_hostfile
from .interruption import interrupted_by_children
from .listening import try_listening
from .messages import Failed, Load, Loaded, Meet, Memory, Prepare, Ready

_log = logging.getLogger(__name__)

_EXIT_RANK_LOST = 71
_SECONDS_TO_START = 60.0
_SECONDS_TO_LOAD = 3600.0
_SECONDS_BETWEEN_LOOKS = 0.2
_SECONDS_TO_END = 2.0
_BEATS_OF_SILENCE = 10
"""Signs of life that may be missing before a rank is taken for hung."""


@dataclass(frozen=True, slots=True)
class RanksPlan:
    ranks: int
    backend: Backend
    surroundings: Sequence[Surroundings]
    hosts: Sequence[Host]
    """By rank; none where all share this machine."""
    silence_seconds: float
    """After which a rank is taken for hung."""

    @property
    def on_this_machine(self) -> int:
        return 1 if self.hosts else self.ranks


def plan_ranks(parallel: LoadParamsParallel, device: WireDevice) -> RanksPlan:
    """Raises RpcError where the ranks could not meet."""
    hostfile = read_hostfile(parallel.hosts) if parallel.hosts else None
    hosts = [] if hostfile is None else hostfile.hosts
    if hosts and len(hosts) != parallel.ranks:
        raise RpcError(
            INVALID_PARAMS,
            f"model.parallel: there are {parallel.ranks} ranks, and {parallel.hosts} lists "
            f"{len(hosts)} hosts",
        )
    backend = _backend(parallel, hostfile.backend if hostfile else "", device)
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    around = surroundings(backend, parallel.ranks, hosts, visible)
    extra = dict(each.split("=", 1) for each in (hostfile.envs if hostfile else ()) if "=" in each)
    full = [
        Surroundings({**extra, **each.variables}, each.files, each.listens_at) for each in around
    ]
    silence = parallel.heartbeat_timeout_ms / 1000
    return RanksPlan(parallel.ranks, backend, full, hosts, silence)


def _backend(parallel: LoadParamsParallel, named: str, device: WireDevice) -> Backend:
    if parallel.backend != "auto":
        return parallel.backend
    if named in ("ring", "nccl", "jaccl"):
        return named
    return "nccl" if device.kind == "cuda" else "ring"


def _prepare(plan: RanksPlan, rank: int, around: Surroundings) -> Prepare:
    beat = plan.silence_seconds / _BEATS_OF_SILENCE
    return Prepare(
        rank,
        plan.backend,
        dict(around.variables),
        dict(around.files),
        list(around.listens_at),
        beat,
    )


def _cannot_serve(rank: int, where: str, because: str) -> RpcError:
    message = f"Rank {rank} on {where} cannot serve: {because}"
    return RpcError(MODEL_LOAD_ERROR, message, type="model_load_failed")


class Ranks:
    """The end of one is the end of all: this process ends with a code of its own, and who
    supervises it starts everything again."""

    def __init__(self, plan: RanksPlan) -> None:
        """Starts the other processes; they import what they need meanwhile."""
        self.plan = plan
        self._serving = False
        self._lost = ""
        self._encoder = msgspec.msgpack.Encoder()
        self._followers = [
            FollowerProcess(
                _prepare(plan, rank, around),
                plan.hosts[rank] if plan.hosts else None,
                plan.silence_seconds,
                self._on_loss,
            )
            for rank, around in list(enumerate(plan.surroundings))[1:]
        ]

    def meet(self, tick: Callable[[], None]) -> Any:
        """The group of all ranks, once each process is ready for it; raises RpcError.

        `tick`: called while this waits.
        """
        self._await_all(Ready, _SECONDS_TO_START, tick)
        own = self.plan.surroundings[0]
        os.environ.update(own.variables)
        try:
            try_listening(own.listens_at)
        except OSError as error:
            raise _cannot_serve(0, "this machine", str(error)) from error
        with naming_files(own.files), interrupted_by_children():
            self.tell(Meet())
            try:
                return join_group(self.plan.backend)
            except RuntimeError as error:
                raise self._not_met(error) from error

    def load(self, params: LoadParams, memory_bytes: int | None) -> None:
        """Has the others load their shares."""
        self.tell(Load(params, memory_bytes, self.plan.ranks))

    def wait_until_loaded(self, tick: Callable[[], None]) -> None:
        """Raises RpcError where one of them cannot load its share."""
        self._await_all(Loaded, _SECONDS_TO_LOAD, tick)
        self._serving = True
        if self._lost:
            self._end(self._lost)

    def tell(self, message: Struct) -> None:
        """One of `ToFollower`, to all others."""
        encoded = self._encoder.encode(message)
        for follower in self._followers:
            follower.tell(encoded)

    def memory(self) -> list[Memory]:
        """Of the other processes, as they said last."""
        return [follower.memory or Memory(0, 0) for follower in self._followers]

    def close(self) -> None:
        for follower in self._followers:
            follower.close(_SECONDS_TO_END)

    def _await_all(self, kind: type[Struct], seconds: float, tick: Callable[[], None]) -> None:
        deadline = time.monotonic() + seconds
        for follower in self._followers:
            said = None
            while said is None and time.monotonic() < deadline and not follower.ended:
                said = follower.next_said(_SECONDS_BETWEEN_LOOKS)
                tick()
            if said is None:
                said = follower.next_said(_SECONDS_BETWEEN_LOOKS)
            if not isinstance(said, kind):
                self.close()
                raise self._refused_by(follower, said)

    def _not_met(self, error: RuntimeError) -> RpcError:
        for follower in self._followers:
            if follower.ended:
                return self._refused_by(follower, follower.next_said(_SECONDS_TO_END))
        return _cannot_serve(0, "this machine", str(error))

    def _refused_by(self, follower: FollowerProcess, said: Struct | None) -> RpcError:
        because = said.message if isinstance(said, Failed) else self._lost or "no answer"
        return _cannot_serve(follower.rank, follower.where, because)

    def _on_loss(self, sentence: str) -> None:
        self._lost = sentence
        if self._serving:
            self._end(sentence)

    def _end(self, sentence: str) -> NoReturn:
        _log.critical("%s: the model is served by all ranks or by none", sentence)
        sys.stderr.flush()
        os._exit(_EXIT_RANK_LOST)
