"""What each rank has to find in its environment to meet the others through MLX.

The names of variables and the forms of files are those of MLX's own launcher.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..errors import INVALID_PARAMS, RpcError
from .hosts import Host

Backend = Literal["ring", "nccl", "jaccl"]

_FIRST_PORT = 32323
"""On other machines, where nobody can ask which ports are free."""
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of one rank."""

    variables: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    """Contents of files, by the variables that are to name them."""
    listens_at: Sequence[str] = ()
    """IP:PORT each, where the others look for this rank."""


def surroundings(
    backend: Backend, ranks: int, hosts: Sequence[Host], visible_devices: str | None
) -> list[Surroundings]:
    """Of each rank in turn; raises RpcError. `hosts`: none where all ranks share this machine.
    `visible_devices`: CUDA_VISIBLE_DEVICES as it is here."""
    if backend == "ring":
        return _ring(ranks, hosts)
    if backend == "nccl":
        return _nccl(ranks, hosts, visible_devices)
    return _jaccl(hosts)


def _ring(ranks: int, hosts: Sequence[Host]) -> list[Surroundings]:
    if hosts:
        ports = iter(range(_FIRST_PORT, 65_536))
        nodes = [[f"{ip}:{next(ports)}" for ip in _ips(host)] for host in hosts]
    else:
        nodes = [[f"{_LOOPBACK}:{port}"] for port in _free_ports(ranks)]
    files = {"MLX_HOSTFILE": json.dumps(nodes)}
    return [Surroundings({"MLX_RANK": str(rank)}, files, own) for rank, own in enumerate(nodes)]


def _nccl(ranks: int, hosts: Sequence[Host], visible_devices: str | None) -> list[Surroundings]:
    address = _ips(hosts[0])[0] if hosts else _LOOPBACK
    port = _FIRST_PORT if hosts else _free_ports(1)[0]
    common = {
        "MLX_WORLD_SIZE": str(ranks),
        "NCCL_HOST_IP": address,
        "NCCL_PORT": str(port),
    }
    devices = visible_devices.split(",") if visible_devices else [str(n) for n in range(ranks)]
    if not hosts and len(devices) < ranks:
        raise _invalid(f"{ranks} ranks need as many GPUs; CUDA_VISIBLE_DEVICES names {devices}")
    found: list[Surroundings] = []
    for rank in range(ranks):
        # The first rank has begun to use its device already, which is its first one.
        device = {} if rank == 0 or hosts else {"CUDA_VISIBLE_DEVICES": devices[rank]}
        found.append(Surroundings({"MLX_RANK": str(rank), **common, **device}))
    return found


def _jaccl(hosts: Sequence[Host]) -> list[Surroundings]:
    if not hosts or any(len(host.rdma) != len(hosts) for host in hosts):
        raise _invalid(
            "jaccl needs a hostfile with the RDMA devices of every host, as "
            "`mlx.distributed_config` writes it: set model.parallel.hosts"
        )
    variables = {"MLX_JACCL_COORDINATOR": f"{_ips(hosts[0])[0]}:{_FIRST_PORT}"}
    files = {"MLX_IBV_DEVICES": json.dumps([host.rdma for host in hosts])}
    return [Surroundings({"MLX_RANK": str(rank), **variables}, files) for rank in range(len(hosts))]


def _ips(host: Host) -> Sequence[str]:
    if not host.ips:
        raise _invalid(f"the hostfile gives no IP of {host.ssh}")
    return host.ips


def _free_ports(number: int) -> list[int]:
    sockets = [socket.socket() for _ in range(number)]
    try:
        for each in sockets:
            each.bind((_LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _invalid(message: str) -> RpcError:
    return RpcError(INVALID_PARAMS, f"model.parallel: {message}")
