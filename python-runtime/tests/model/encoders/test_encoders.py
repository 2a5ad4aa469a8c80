"""Encoders make what their papers say, alone and beside texts of other lengths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np
import pytest

from generation.pooling.support import begin, read
from mlx_runtime.errors import RpcError
from mlx_runtime.generation import Generator, encoder_generator_for
from mlx_runtime.generation.pooling import embedding
from mlx_runtime.model.directory import open_model_directory
from mlx_runtime.model.loader import load_model
from mlx_runtime.pooling import EmbedTexts, JudgePairs
from mlx_runtime.wire import LoadParams, WireBatching, WireDevice

from . import reference
from .reference import Matrix
from .tiny_encoders import CONFIGS, TinyEncoder, write_encoder

TEXTS = [[1, 4, 5, 6, 7, 8, 9, 2], [1, 10, 2], [1, *[4, 5, 10, 6] * 7, 2], [1, 9, 9, 2]]
CPU = WireDevice(kind="cpu", name="cpu", memory_bytes=2**34)


def serve(encoder: TinyEncoder) -> Generator:
    directory = open_model_directory(str(encoder.directory))
    params = LoadParams(model_id="tiny", path=str(encoder.directory))
    loaded = load_model(directory, params, CPU, lambda _, __: None)
    return encoder_generator_for(
        loaded.model,
        vocab_size=loaded.vocab_size,
        context_length=loaded.context_length,
        batching=WireBatching(),
        embedding=loaded.embedding,
    )


def states_of(encoder: TinyEncoder, tokens: list[int], types: list[int] | None = None) -> Matrix:
    config, weights = encoder.config, encoder.weights
    match config["model_type"]:
        case "modernbert":
            return reference.modernbert(weights, config, tokens)
        case "gemma3_text":
            return reference.gemma(weights, config, tokens)
        case _:
            return reference.bert(weights, config, tokens, types or [0] * len(tokens))


def cosine(left: Any, right: Any) -> float:
    return float(left @ right / np.linalg.norm(left) / np.linalg.norm(right))


@pytest.fixture(params=sorted(CONFIGS))
def encoder(request: pytest.FixtureRequest, tmp_path: Path) -> TinyEncoder:
    return write_encoder(tmp_path, request.param)


def test_vectors_are_the_reference_s_whatever_texts_are_beside(encoder: TinyEncoder) -> None:
    generator = serve(encoder)
    means = read(generator, EmbedTexts(TEXTS)).vectors
    firsts = read(generator, EmbedTexts(TEXTS, pooling="cls", normalize=False)).vectors

    for text, mean, first in zip(TEXTS, means, firsts, strict=True):
        states = states_of(encoder, text)
        assert cosine(mean, states.mean(axis=0)) > 0.999_999
        np.testing.assert_allclose(first, states[0], rtol=1e-3, atol=1e-4)


def test_a_text_longer_than_a_pass_is_read_whole(
    encoder: TinyEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "_MOST_TOKENS", 5)
    generator = serve(encoder)

    (vector,) = read(generator, EmbedTexts([TEXTS[2]])).vectors

    assert cosine(vector, states_of(encoder, TEXTS[2]).mean(axis=0)) > 0.999_999


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta", "modernbert"])
def test_pairs_are_judged_as_by_the_reference(kind: str, tmp_path: Path) -> None:
    encoder = write_encoder(tmp_path, kind, judges=True)
    types = [[0] * 4 + [1] * (len(text) - 4) if len(text) > 4 else [0] * 3 for text in TEXTS[:3]]
    if kind != "bert":
        types = [[0] * len(text) for text in TEXTS[:3]]

    scores = read(serve(encoder), JudgePairs(TEXTS[:3], types)).scores

    expected = [
        judgement(encoder, text, text_types)
        for text, text_types in zip(TEXTS[:3], types, strict=True)
    ]
    assert np.ptp(expected) > 0.01
    np.testing.assert_allclose(scores, expected, atol=1e-4)


def judgement(encoder: TinyEncoder, tokens: list[int], types: list[int]) -> float:
    """The logistic function of what the head says."""
    w, states = encoder.weights, states_of(encoder, tokens, types)
    match encoder.config["model_type"]:
        case "bert":
            pooled = np.tanh(reference.linear(states[0], w, "pooler.dense"))
            logit = reference.linear(pooled, w, "classifier")
        case "modernbert":
            dense = reference.gelu(reference.linear(states.mean(axis=0), w, "head.dense"))
            logit = reference.linear(
                reference.layer_norm(dense, w, "head.norm", 1e-5), w, "classifier"
            )
        case _:
            pooled = np.tanh(reference.linear(states[0], w, "classifier.dense"))
            logit = reference.linear(pooled, w, "classifier.out_proj")
    return float(1 / (1 + np.exp(-logit[0])))


def test_token_types_count_where_there_are_some(tmp_path: Path) -> None:
    generator = serve(write_encoder(tmp_path, "bert", judges=True))
    text = TEXTS[0]

    one, other = read(generator, JudgePairs([text, text], [[0] * 8, [0] * 4 + [1] * 4])).scores

    assert abs(one - other) > 1e-3


def test_what_a_model_is_not_made_for_is_refused(tmp_path: Path) -> None:
    embeds = serve(write_encoder(tmp_path / "embeds", "bert"))
    judges = serve(write_encoder(tmp_path / "judges", "bert", judges=True))

    with pytest.raises(RpcError, match="no cross-encoder"):
        begin(embeds, JudgePairs([[1, 2]], [[0, 0]]))
    with pytest.raises(RpcError, match="judges pairs"):
        begin(judges, EmbedTexts([[1, 2]]))
    assert judges.pooler.embedding_size is None


def test_a_classifier_of_several_labels_is_refused_by_its_name(tmp_path: Path) -> None:
    encoder = write_encoder(tmp_path, "bert", judges=True)
    config = tmp_path / "config.json"
    config.write_text(config.read_text().replace('{"0": "LABEL_0"}', '{"0": "good", "1": "bad"}'))

    with pytest.raises(RpcError, match="2 classes"):
        serve(encoder)


def test_packed_weights_are_read(tmp_path: Path) -> None:
    encoder = write_encoder(tmp_path, "modernbert")
    weights: Any = mx.load(str(tmp_path / "model.safetensors"))
    name = "model.layers.1.mlp.Wi"
    parts = mx.quantize(weights.pop(f"{name}.weight"), group_size=32, bits=8)
    for part, value in zip(("weight", "scales", "biases"), parts, strict=True):
        weights[f"{name}.{part}"] = value
    mx.save_safetensors(str(tmp_path / "model.safetensors"), weights)  # pyright: ignore[reportUnknownMemberType]
    config = tmp_path / "config.json"
    text = config.read_text().replace("{", '{"quantization": {"group_size": 32, "bits": 8}, ', 1)
    config.write_text(text)

    (vector,) = read(serve(encoder), EmbedTexts([TEXTS[0]])).vectors

    assert cosine(vector, states_of(encoder, TEXTS[0]).mean(axis=0)) > 0.999
