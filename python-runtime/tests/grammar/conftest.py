"""What tests of grammars share."""

from __future__ import annotations

import pytest

from mlx_runtime.grammar import GrammarCompiler

from .held_schemas import VOCABULARY


@pytest.fixture(scope="module")
def compiler() -> GrammarCompiler:
    return GrammarCompiler(VOCABULARY)
