"""Names for the ways a download from the hub fails."""

from __future__ import annotations

import errno
from typing import Literal

from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from .download_hub import ChecksumError

Reason = Literal["denied", "not-found", "revision-not-found", "disk-full", "unreachable", "failed"]
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


def failure_reason(error: Exception) -> Reason:
    """What went wrong, by the error's type; anything unknown on the way is the network."""
    if isinstance(error, GatedRepoError):
        return "denied"
    if isinstance(error, RevisionNotFoundError):
        return "revision-not-found"
    if isinstance(error, RepositoryNotFoundError):
        return "not-found"
    if isinstance(error, ChecksumError):
        return "failed"
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return "disk-full"
    if isinstance(error, HfHubHTTPError):
        return "denied" if error.response.status_code in (401, 403) else "unreachable"
    return "unreachable" if _is_network(error) else "failed"


def _is_network(error: BaseException | None) -> bool:
    """The HTTP client's errors, also where the hub library wrapped them."""
    while error is not None:
        module = type(error).__module__.split(".")[0]
        if module.startswith(("httpx", "httpcore")) or isinstance(error, (ConnectionError, TimeoutError)):
            return True
        error = error.__cause__ or error.__context__
    return False
