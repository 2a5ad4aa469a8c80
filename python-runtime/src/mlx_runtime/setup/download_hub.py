"""One model of the Hugging Face hub into a directory, verified."""

from __future__ import annotations

import shutil
from os import environ
from pathlib import Path

from huggingface_hub import (
    HfApi,
    snapshot_download,  # pyright: ignore[reportUnknownVariableType]
)
from huggingface_hub.hf_api import RepoSibling

from .checksums import git_blob_id, sha256_of
from .events import emit
from .hub_files import wanted_files

_INFO_TIMEOUT_SECONDS = 5.0
_INFO_TIMEOUT_VARIABLE = "HF_HUB_ETAG_TIMEOUT"


class ChecksumError(RuntimeError):
    """A downloaded file is not what the hub announced."""


def download_hub(
    model: str, revision: str | None, target: Path, *, verify_checksums: bool = True
) -> None:
    """Download the files that make a model directory to `target`, resuming what is there.

    The hub has to answer within `HF_HUB_ETAG_TIMEOUT` seconds, 5 where it is not set.
    Emits `resolved` with the commit and the number of bytes before the first
    file. Raises the hub library's errors and `ChecksumError`.
    """
    timeout = float(environ.get(_INFO_TIMEOUT_VARIABLE) or _INFO_TIMEOUT_SECONDS)
    info = HfApi().model_info(model, revision=revision, files_metadata=True, timeout=timeout)
    siblings = {sibling.rfilename: sibling for sibling in info.siblings or []}
    files = [siblings[name] for name in wanted_files(siblings)]
    emit("resolved", commit=info.sha, bytes=sum(file.size or 0 for file in files))
    snapshot_download(
        model,
        revision=info.sha,
        local_dir=target,
        allow_patterns=[file.rfilename for file in files],
    )
    for file in files:
        _verify_size(target / file.rfilename, file)
        if verify_checksums:
            _verify_checksum(target / file.rfilename, file)
    shutil.rmtree(target / ".cache", ignore_errors=True)


def _verify_size(path: Path, announced: RepoSibling) -> None:
    if announced.size is not None and path.stat().st_size != announced.size:
        raise ChecksumError(f"{path.name} has the wrong size")


def _verify_checksum(path: Path, announced: RepoSibling) -> None:
    if announced.lfs is not None:
        intact = sha256_of(path) == announced.lfs.sha256
    else:
        intact = announced.blob_id is None or git_blob_id(path) == announced.blob_id
    if not intact:
        path.unlink()
        raise ChecksumError(f"{path.name} differs from the checksum the hub announced")
