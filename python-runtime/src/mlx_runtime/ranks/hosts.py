"""The machines that a model spans, from the hostfile that MLX's own tools write."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from ..errors import INVALID_PARAMS, RpcError


class Host(Struct, frozen=True):
    ssh: str
    """What `ssh` is told to connect to."""
    ips: list[str] = []
    rdma: list[str | list[str] | None] = []
    """By rank, the device that leads to it; None for the host itself."""


class Hostfile(Struct, frozen=True):
    """As `mlx.distributed_config` writes it."""

    hosts: list[Host]
    backend: str = ""
    envs: list[str] = []
    """NAME=VALUE each, for every rank."""


def read_hostfile(path: str) -> Hostfile:
    """Raises RpcError `invalid_params`."""
    try:
        data = Path(path).read_bytes()
        if data.lstrip().startswith(b"["):
            return Hostfile(msgspec.json.decode(data, type=list[Host]))
        return msgspec.json.decode(data, type=Hostfile)
    except (OSError, msgspec.DecodeError) as error:
        raise RpcError(
            INVALID_PARAMS,
            f"model.parallel.hosts: {path} is not a hostfile of MLX: {error}",
        ) from error
