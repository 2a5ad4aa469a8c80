from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer


@pytest.fixture(scope="module")
def tokenizer(model_directory: Path) -> Tokenizer:
    return Tokenizer.from_file(str(model_directory / "tokenizer.json"))
