"""A reranker of the Qwen3 kind, with random weights, against mlx-lm's own logits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest
from mlx_lm.utils import load_model
from tokenizers import Tokenizer

from .client import Sidecar
from .tiny_model import WIDTH, write_tiny_model

# As Qwen3's renders system and user turns.
_TEMPLATE = """\
{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
"""
# What the model's authors put around a pair (Zhang et al., "Qwen3 Embedding", 2025).
_TASK = (
    "Judge whether the Document meets the requirements based on the Query and the Instruct "
    'provided. Note that the answer can only be "yes" or "no".'
)
_BEFORE = f"<|im_start|>system\n{_TASK}<|im_end|>\n<|im_start|>user\n"
_BEHIND = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
DOCUMENTS = (
    "Paris is the capital of France.",
    "Bananas are yellow.",
    "The capital of China is Beijing, and it has been for a long time.",
)


def pair(document: str) -> str:
    instruction = "Given a web search query, retrieve relevant passages that answer the query"
    return f"<Instruct>: {instruction}\n<Query>: What is the capital?\n<Document>: {document}"


@pytest.fixture(scope="module")
def reranker(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = write_tiny_model(
        tmp_path_factory.mktemp("reranker"),
        model_directory,
        further_norms={f"layers.0.self_attn.{name}_norm": WIDTH // 2 for name in "qk"},
        model_type="qwen3",
        head_dim=WIDTH // 2,
        rope_theta=1_000_000,
    )
    settings: dict[str, Any] = json.loads((directory / "tokenizer_config.json").read_text())
    (directory / "tokenizer_config.json").unlink()
    settings["chat_template"] = _TEMPLATE
    (directory / "tokenizer_config.json").write_text(json.dumps(settings))
    return directory


def reference(directory: Path) -> list[float]:
    """The share of yes in the likelihood of yes and no, each text read by itself."""
    model, _ = load_model(directory)
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    yes, no = (tokenizer.token_to_id(word) for word in ("yes", "no"))
    scores: list[float] = []
    for document in DOCUMENTS:
        text = f"{_BEFORE}{pair(document)}{_BEHIND}"
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        logits = model(mx.array([ids]))[0, -1]
        shares = np.array(mx.softmax(mx.stack([logits[yes], logits[no]])))
        scores.append(float(shares[0]))
    return scores


def test_scores_are_those_of_mlx_lm_s_logits(reranker: Path) -> None:
    documents = [
        {
            "type": "chat",
            "messages": [
                {"role": "system", "content": _TASK},
                {"role": "user", "content": pair(document)},
            ],
            "templateOptions": {"enable_thinking": False},
        }
        for document in DOCUMENTS
    ]
    with Sidecar() as process:
        process.initialize()
        process.load(reranker)
        answer = process.request(
            "rerank", streamId="rerank", documents=documents, yes="yes", no="no"
        )

    expected = reference(reranker)
    assert np.ptp(expected) > 0.01
    assert answer["sharedTokens"] > 50
    np.testing.assert_allclose(answer["scores"], expected, atol=2e-3)
