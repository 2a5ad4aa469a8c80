"""What callers of `embed`, `score` and `rerank` see, from a real process."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .client import RpcFailed, Sidecar, chat, text
from .tiny_model import WIDTH, write_tiny_model

pytestmark = pytest.mark.model

CAPITAL = "The capital of France is Paris."


def embed(sidecar: Sidecar, prompts: list[Any], **options: Any) -> np.ndarray[Any, Any]:
    answer = sidecar.request("embed", streamId="embed", input=prompts, **options)
    return np.stack(
        [np.frombuffer(base64.b64decode(vector), "<f4") for vector in answer["vectors"]]
    )


def test_vectors_of_similar_texts_are_closer(sidecar: Sidecar) -> None:
    texts = ["A cat sleeps on the sofa.", "A kitten naps on the couch.", "def f(x): return x * 2"]

    vectors = embed(sidecar, [text(content) for content in texts])

    assert vectors.shape == (3, 576)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_token_ids_are_embedded_as_their_text(sidecar: Sidecar) -> None:
    tokens = sidecar.request("tokenize", prompt=text(CAPITAL))["tokens"]

    vectors = embed(sidecar, [text(CAPITAL), {"type": "tokens", "tokens": tokens}], dimensions=64)

    assert vectors.shape == (2, 64)
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)


def test_scores_are_what_the_same_tokens_have_when_they_are_generated(sidecar: Sidecar) -> None:
    stream = sidecar.generate("scored", text(CAPITAL[:-8]), maxTokens=6, logprobs=True)
    stream.finish()
    generated = [row["logprobs"][0] for row in stream.rows if "logprobs" in row]
    prompt = sidecar.request("tokenize", prompt=text(CAPITAL[:-8]))["tokens"]
    whole = {"type": "tokens", "tokens": [*prompt, *stream.tokens]}

    answer = sidecar.request("score", streamId="score", input=[whole], topLogprobs=1)

    (scored,) = answer["texts"]
    assert scored["first"]["token"] == prompt[0]
    rest = scored["rest"][len(prompt) - 1 :]
    assert [entry["token"] for entry in rest] == stream.tokens
    assert [entry["text"] for entry in rest] == [entry["text"] for entry in generated]
    # The most likely token was taken at each step.
    assert [entry["top"][0]["token"] for entry in rest] == stream.tokens
    np.testing.assert_allclose(
        [entry["logprob"] for entry in rest],
        [entry["logprob"] for entry in generated],
        atol=1e-3,
    )


def test_documents_are_judged_together_as_alone(sidecar: Sidecar) -> None:
    prompts = [
        chat(
            f"Does the document answer the query? Say yes or no.\nQuery: capital\nDocument: {text}"
        )
        for text in (CAPITAL, "Bananas are yellow.", CAPITAL * 3)
    ]
    answers = {"yes": "yes", "no": "no"}

    together = sidecar.request("rerank", streamId="rerank", documents=prompts, **answers)
    alone = [
        sidecar.request("rerank", streamId="alone", documents=[prompt], **answers)["scores"][0]
        for prompt in prompts[1:]
    ]

    assert together["sharedTokens"] > 20
    np.testing.assert_allclose(together["scores"][1:], alone, atol=1e-3)


def test_a_running_stream_says_the_same_beside_texts(sidecar: Sidecar) -> None:
    question = "Tell me a story about a fox."
    alone = sidecar.generate("alone", question, maxTokens=12)
    alone.finish()
    stream = sidecar.generate("beside", question, maxTokens=12)
    request = sidecar.send(
        "embed", {"streamId": "texts", "input": [text(f"{n} {CAPITAL * 3}") for n in range(6)]}
    )

    stream.finish()

    assert stream.text == alone.text
    assert len(sidecar.answer(request)["vectors"]) == 6


def test_a_cancelled_request_is_answered_and_leaves_nothing_behind(sidecar: Sidecar) -> None:
    long = {"streamId": "long", "input": [text(CAPITAL * 400)] * 50}
    request = sidecar.send("score", long)
    sidecar.notify("cancel", streamId="long")

    with pytest.raises(RpcFailed, match="cancelled"):
        sidecar.answer(request)
    assert embed(sidecar, [text("quick")]).shape == (1, 576)


@pytest.mark.parametrize(
    ("method", "changes", "param"),
    [
        ("embed", {"input": [text("a"), text("")]}, "input.1"),
        ("embed", {"input": [text("word " * 9000)]}, "input.0"),
        ("embed", {"input": [{"type": "tokens", "tokens": [49152]}]}, "input.0"),
        ("embed", {"dimensions": 577}, "dimensions"),
        ("rerank", {"yes": "absolutely yes", "no": "no"}, "yes"),
        ("rerank", {"yes": "yes", "no": "not in any case"}, "no"),
        ("score", {"topLogprobs": 21}, "topLogprobs"),
    ],
)
def test_what_cannot_be_read_is_named(
    sidecar: Sidecar, method: str, changes: dict[str, Any], param: str
) -> None:
    field = "documents" if method == "rerank" else "input"
    with pytest.raises(RpcFailed) as refused:
        sidecar.request(method, **{"streamId": "refused", field: [text("a")], **changes})

    assert refused.value.code == -32602
    assert refused.value.data["param"] == param


def test_a_stream_s_id_is_taken_while_its_texts_are_read(sidecar: Sidecar) -> None:
    first = sidecar.send("score", {"streamId": "twice", "input": [text(CAPITAL * 12)]})

    with pytest.raises(RpcFailed) as refused:
        sidecar.request("embed", streamId="twice", input=[text("a")])

    assert refused.value.data["type"] == "duplicate_stream"
    assert len(sidecar.answer(first)["texts"]) == 1


def test_a_checkpoint_without_a_head_embeds_and_does_nothing_else(
    model_directory: Path, tmp_path: Path
) -> None:
    directory = write_tiny_model(tmp_path, model_directory, prefix="", tie_word_embeddings=False)
    with Sidecar() as sidecar:
        sidecar.initialize()
        loaded = sidecar.load(directory)

        assert loaded["capabilities"]["embeddingSize"] == WIDTH
        assert embed(sidecar, [text("a"), text("b")]).shape == (2, WIDTH)
        with pytest.raises(RpcFailed, match="no head"):
            sidecar.request("score", streamId="x", input=[text("a b")])
        with pytest.raises(RpcFailed, match="no head"):
            sidecar.generate("row", text("a"))


def test_a_model_that_is_not_made_for_it_says_why(model_directory: Path, tmp_path: Path) -> None:
    directory = write_tiny_model(tmp_path, model_directory, use_bidirectional_attention=True)
    with Sidecar() as sidecar:
        sidecar.initialize()
        loaded = sidecar.load(directory)

        assert "embeddingSize" not in loaded["capabilities"]
        with pytest.raises(RpcFailed, match="both directions") as refused:
            embed(sidecar, [text("a")])
    assert refused.value.data["param"] == "model"
