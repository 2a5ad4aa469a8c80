"""The default model, however it was fetched, under mlx-lm's own generation."""

from __future__ import annotations

from pathlib import Path

import mlx.core as mx
import pytest
from mlx_lm import generate, load
from mlx_lm.utils import dequantize_model

pytestmark = pytest.mark.model


def test_mlx_lm_answers_from_the_model_directory(model_directory: Path) -> None:
    loaded = load(str(model_directory))
    model, tokenizer = dequantize_model(loaded[0]), loaded[1]
    model.set_dtype(mx.float32)
    question = [{"role": "user", "content": "What is the capital of France?"}]
    prompt = tokenizer.apply_chat_template(question, add_generation_prompt=True)
    answer = generate(model, tokenizer, prompt, max_tokens=16)
    assert answer == "The capital of France is Paris."
