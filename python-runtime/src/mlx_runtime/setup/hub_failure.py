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
_REASONS: dict[type[Exception], Reason] = {
    GatedRepoError: "denied",
    RevisionNotFoundError: "revision-not-found",
    RepositoryNotFoundError: "not-found",
    ChecksumError: "failed",
}
_DENIED = {401, 403}
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


def failure_reason(error: Exception) -> Reason:
    """What went wrong, by the error's type."""
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    if isinstance(error, HfHubHTTPError):
        return "denied" if error.response.status_code in _DENIED else "unreachable"
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return "disk-full"
    return "unreachable" if _is_network(error) else "failed"


def _is_network(error: BaseException | None) -> bool:
    """The HTTP client's errors, also where the hub library wrapped them."""
    while error is not None:
        package = type(error).__module__.split(".")[0]
        if package.startswith(("httpx", "httpcore")):
            return True
        if isinstance(error, (ConnectionError, TimeoutError)):
            return True
        error = error.__cause__ or error.__context__
    return False
