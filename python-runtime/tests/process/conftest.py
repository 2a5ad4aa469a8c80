from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from .client import Sidecar
from .tiny_model import write_tiny_model


@pytest.fixture(scope="session")
def sidecar(model_directory: Path) -> Generator[Sidecar]:
    """One process with the real model, for tests that leave it as they found it."""
    with Sidecar() as process:
        process.initialize()
        process.load(model_directory)
        yield process
        process.request("shutdown")
        assert process.exit_code(timeout=5) == 0


@pytest.fixture(scope="session")
def tiny_model(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model without sense, for tests of what happens around one."""
    return write_tiny_model(tmp_path_factory.mktemp("tiny-model"), model_directory)
