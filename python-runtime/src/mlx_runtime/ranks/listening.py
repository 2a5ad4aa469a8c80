"""Whether a rank can be where the others will look for it."""

from __future__ import annotations

import socket
from collections.abc import Iterable


def try_listening(addresses: Iterable[str]) -> None:
    """Raises OSError that names the address: while MLX forms a group nothing can be heard of a
    rank that could not. `addresses`: IP:PORT each."""
    for address in addresses:
        ip, _, port = address.rpartition(":")
        try:
            _bind(ip, int(port))
        except OSError as error:
            raise OSError(
                error.errno, f"it cannot listen at {address}: {error.strerror}"
            ) from error


def _bind(ip: str, port: int) -> None:
    family, kind, *_, where = socket.getaddrinfo(ip, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as trial:
        # As MLX does: what a group of before left behind is in nobody's way.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(where)
