"""What tests of drafting share."""

from __future__ import annotations

from typing import Any

import pytest

from ..models import tiny_model


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_model("llama")
