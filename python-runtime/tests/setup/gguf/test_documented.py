"""What the guide says is read is what is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlx_runtime.setup.gguf.block_types import BLOCK_TYPES
from mlx_runtime.setup.gguf.names import FAMILIES
from mlx_runtime.setup.gguf.splitting import SPLITTINGS

_GUIDE = Path(__file__).parents[4] / "docs" / "MODELS.md"


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ("weights", [kind.name for kind in BLOCK_TYPES.values()]),
        ("architectures", list(FAMILIES)),
        ("vocabularies", list(SPLITTINGS)),
    ],
)
def test_the_guide_names_all_that_is_read(row: str, known: list[str]) -> None:
    found = re.search(rf"^\| {row} +\|(.*)\|$", _GUIDE.read_text("utf-8"), re.MULTILINE)

    assert found is not None
    assert set(re.findall(r"`([^`]+)`", found[1])) == set(known)
