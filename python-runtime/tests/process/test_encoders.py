"""Encoders behind a real process: a published sentence encoder, and a tiny cross-encoder."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from model.encoders import reference
from model.encoders.tiny_encoders import write_encoder

from .client import RpcFailed, Sidecar, text
from .test_adapters import write_adapter

TEXTS = (
    "This is an example sentence",
    "Each sentence is converted",
    "The cat sits outside, in the rain: nobody let it in.",
)
ANSWERS = {"yes": "yes", "no": "no"}
# What sentence-transformers' documentation prints for the first two.
PUBLISHED = (
    (0.067657, 0.063496, 0.048713, 0.079305, 0.037448, 0.002653, 0.039375, -0.007098),
    (0.086439, 0.102763, 0.005394, 0.002044, -0.009963, 0.025385),
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published files, with prompts of their own beside."""
    published = Path(os.environ["MLX_SENTENCE_ENCODER"])
    copy = tmp_path_factory.mktemp("encoder")
    for file in published.iterdir():
        (copy / file.name).symlink_to(file)
    (copy / "config_sentence_transformers.json").unlink()
    prompts = {"prompts": {"query": "query: ", "document": ""}}
    (copy / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    return copy


@pytest.fixture(scope="module")
def encoder(directory: Path) -> Generator[Sidecar]:
    with Sidecar() as process:
        process.initialize()
        process.load(directory)
        yield process


def embed(sidecar: Sidecar, texts: list[Any], **options: Any) -> np.ndarray[Any, Any]:
    answer = sidecar.request("embed", streamId="embed", input=texts, **options)
    vectors = [np.frombuffer(base64.b64decode(vector), "<f4") for vector in answer["vectors"]]
    return np.stack(vectors)


def test_vectors_are_those_of_the_reference_and_those_that_were_published(
    encoder: Sidecar, directory: Path
) -> None:
    vectors = embed(encoder, [text(content) for content in TEXTS])

    config = json.loads((directory / "config.json").read_text())
    stored = load_file(directory / "model.safetensors")
    weights = {name: value.astype(np.float64) for name, value in stored.items()}
    for content, vector in zip(TEXTS, vectors, strict=True):
        tokens = encoder.request("tokenize", prompt=text(content))["tokens"]
        mean = reference.bert(weights, config, tokens, [0] * len(tokens)).mean(axis=0)
        assert float(vector @ mean / np.linalg.norm(mean)) >= 0.9999
    for vector, published in zip(vectors, PUBLISHED, strict=False):
        np.testing.assert_allclose(vector[: len(published)], published, atol=2e-6)


def test_a_prompt_of_the_model_is_put_before_each_text(encoder: Sidecar) -> None:
    named = embed(encoder, [text("a cat")], promptName="query")
    written = embed(encoder, [text("query: a cat"), text("a cat")])

    np.testing.assert_allclose(named[0], written[0], atol=1e-6)
    assert float(named[0] @ written[1]) < 0.999


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("embed", {"input": [text("a")], "promptName": "passage"}, "document, query"),
        (
            "embed",
            {"input": [{"type": "tokens", "tokens": [101, 102]}], "promptName": "query"},
            "Token ids",
        ),
        ("embed", {"input": [text("a " * 300)]}, "context of 256"),
        ("score", {"input": [text("a b")]}, "no head for a next token"),
        ("rerank", {"query": "a", "documents": [text("b")], **ANSWERS}, "no cross-encoder"),
        (
            "generate",
            {"prompt": text("a"), "sampling": {"maxTokens": 1}},
            "no head for a next token",
        ),
    ],
)
def test_what_an_encoder_cannot_do_is_refused_with_its_reason(
    encoder: Sidecar, method: str, params: dict[str, Any], message: str
) -> None:
    with pytest.raises(RpcFailed, match=message) as refused:
        encoder.request(method, streamId="refused", **params)

    assert refused.value.code == -32602


def test_a_cross_encoder_judges_pairs_and_says_that_it_does(tmp_path: Path) -> None:
    tiny = write_encoder(tmp_path, "bert", judges=True)
    with Sidecar() as process:
        process.initialize()
        capabilities = process.load(tiny.directory)["capabilities"]
        documents = [text("paris"), text("the cat is cat")]
        params = {"query": "capital of france", "documents": documents, **ANSWERS}
        answer = process.request("rerank", streamId="pairs", **params)

        assert "embeddingSize" not in capabilities
        assert (capabilities["generation"], capabilities["reranking"]) == (False, "pairs")
    assert answer["promptTokens"] == [7, 10]
    tokens, types = [1, 7, 8, 9, 2, 4, 2], [0] * 5 + [1] * 2
    states = reference.bert(tiny.weights, tiny.config, tokens, types)
    pooled = np.tanh(reference.linear(states[0], tiny.weights, "pooler.dense"))
    (logit,) = reference.linear(pooled, tiny.weights, "classifier")
    assert answer["scores"][0] == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-4)


def test_an_adapter_beside_an_encoder_is_refused_by_name(encoder: Sidecar, tmp_path: Path) -> None:
    path = write_adapter(tmp_path / "sql", 0)
    with pytest.raises(RpcFailed, match="reads texts and writes none"):
        encoder.request("loadAdapter", name="sql", path=str(path))
