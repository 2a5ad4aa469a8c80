"""The pinned mlx-lm can be imported without what makes it slow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlx_runtime.model.shape import context_length, eos_token_ids, vocabulary_size

PROGRAM = """
import sys
from mlx_runtime.model.mlx_lm_import import prepare_mlx_lm
prepare_mlx_lm()
from mlx_lm.utils import load_model, dequantize_model, get_total_parameters
from mlx_lm.models.cache import make_prompt_cache
heavy = sorted({"transformers", "huggingface_hub", "httpx", "torch"} & set(sys.modules))
assert not heavy, heavy
import huggingface_hub
assert huggingface_hub.snapshot_download.__module__.startswith("huggingface_hub")
from mlx_lm.tokenizer_utils import TokenizerWrapper
assert TokenizerWrapper.__module__ == "mlx_lm.tokenizer_utils"
prepare_mlx_lm()
"""


def test_models_load_without_transformers_which_stays_usable() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60, env=environment)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"max_position_embeddings": 8192}, 8192),
        ({"text_config": {"max_position_embeddings": 4096}}, 4096),
        ({"n_positions": 1024, "max_position_embeddings": None}, 1024),
        ({}, 1_048_576),
    ],
)
def test_the_context_length_is_found_where_a_family_keeps_it(
    config: dict[str, object], expected: int
) -> None:
    assert context_length(config) == expected


def test_every_declared_end_token_counts() -> None:
    assert eos_token_ids({"eos_token_id": [128001, 128009]}, 128008) == (128001, 128008, 128009)
    assert eos_token_ids({"text_config": {"eos_token_id": 1}}, None) == (1,)
    assert eos_token_ids({}, 7) == (7,)
    assert vocabulary_size({"text_config": {"vocab_size": 5}}) == 5
