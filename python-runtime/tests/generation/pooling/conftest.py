"""A model to read texts with."""

from __future__ import annotations

from typing import Any

import pytest

from mlx_runtime.generation import Generator

from ..models import tiny_model
from ..serving import make_generator


@pytest.fixture(scope="module")
def llama() -> Any:
    return tiny_model("llama")


@pytest.fixture
def generator(llama: Any) -> Generator:
    return make_generator(llama)
