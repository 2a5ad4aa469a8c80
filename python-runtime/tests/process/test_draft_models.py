"""A draft model beside a model, in a real process."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from .client import RpcFailed, Sidecar, text
from .tiny_model import write_tiny_model

PROMPT = "Once upon a time"


@pytest.fixture(scope="module")
def process(tiny_model: Path) -> Generator[Sidecar]:
    with Sidecar() as sidecar:
        sidecar.initialize()
        assert sidecar.load(tiny_model)["capabilities"]["speculation"]
        yield sidecar


def answer(process: Sidecar, name: str, **options: object) -> tuple[list[int], int]:
    stream = process.generate(
        name, text(PROMPT), maxTokens=24, ignoreEos=True, promptLookup=False, **options
    )
    usage = stream.finish()["usage"]
    return stream.tokens, usage["draftTokens"]


def test_a_draft_model_is_checked_loaded_used_and_unloaded(
    process: Sidecar, model_directory: Path, tmp_path: Path
) -> None:
    draft = write_tiny_model(tmp_path, model_directory, max_position_embeddings=256)
    plain, _ = answer(process, "plain", temperature=0.8, seed=3)

    report = process.request("checkDraft", path=str(draft))
    loaded = process.request("loadDraft", modelId="d", path=str(draft))
    drafted, count = answer(process, "drafted", temperature=0.8, seed=3, draftModel="d")
    process.request("unloadDraft")

    assert report["errors"] == []
    assert any("not smaller" in warning for warning in report["warnings"])
    assert loaded["weights"] == "float32"
    assert loaded["contextLength"] == 256
    assert loaded["weightBytes"] > 0
    assert drafted == plain
    assert count >= 0


def test_requests_are_answered_while_a_draft_model_loads(
    process: Sidecar, model_directory: Path, tmp_path: Path
) -> None:
    draft = write_tiny_model(tmp_path, model_directory)
    loading = process.send("loadDraft", {"modelId": "d", "path": str(draft)})
    meanwhile, request = process.start("meanwhile", text(PROMPT), maxTokens=3, ignoreEos=True)
    process.answer(loading)
    process.answer(request)
    meanwhile.finish()
    ends = [
        place
        for place, frame in enumerate(process.frames)
        if frame.get("id") == loading or "meanwhile" in str(frame.get("params"))
    ]
    process.request("unloadDraft")
    assert process.frames[ends[-1]].get("id") == loading


def test_a_request_goes_on_without_a_draft_model_that_is_gone(
    process: Sidecar, model_directory: Path, tmp_path: Path
) -> None:
    plain, _ = answer(process, "alone", temperature=0.8, seed=5)
    draft = write_tiny_model(tmp_path, model_directory)
    assert answer(process, "never", temperature=0.8, seed=5, draftModel="d") == (plain, 0)

    process.request("loadDraft", modelId="other", path=str(draft))
    assert answer(process, "another", temperature=0.8, seed=5, draftModel="d") == (plain, 0)

    process.request("unloadDraft")
    assert answer(process, "late", temperature=0.8, seed=5, draftModel="other") == (plain, 0)


def test_a_model_with_another_vocabulary_is_refused_by_reason(
    process: Sidecar, model_directory: Path, tmp_path: Path
) -> None:
    draft = write_tiny_model(tmp_path, model_directory)
    definition = json.loads((draft / "tokenizer.json").read_text())
    vocabulary = definition["model"]["vocab"]
    first, second = list(vocabulary)[1000:1002]
    vocabulary[first], vocabulary[second] = vocabulary[second], vocabulary[first]
    (draft / "tokenizer.json").unlink()
    (draft / "tokenizer.json").write_text(json.dumps(definition))

    report = process.request("checkDraft", path=str(draft))
    with pytest.raises(RpcFailed) as refused:
        process.request("loadDraft", modelId="d", path=str(draft))

    assert "2 of 49152 tokens have other ids" in report["errors"][0]
    assert report["architecture"] == "llama"
    assert refused.value.data == {"type": "unsupported_parameter", "param": "model"}


def test_a_directory_without_a_model_is_no_draft(process: Sidecar, tmp_path: Path) -> None:
    for method in ("checkDraft", "loadDraft"):
        params = {"path": str(tmp_path)} | ({"modelId": "d"} if method == "loadDraft" else {})
        with pytest.raises(RpcFailed) as refused:
            process.request(method, **params)
        assert refused.value.data["type"] == "model_load_failed"
    assert answer(process, "after")[0]
