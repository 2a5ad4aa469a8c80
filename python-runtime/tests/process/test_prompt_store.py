"""Prompts outlive the process that read them."""

from __future__ import annotations

import time
from pathlib import Path

from .client import Sidecar, text

PROMPT = "Once upon a time there was a lighthouse. " * 20


def start(model: Path, store: Path) -> Sidecar:
    sidecar = Sidecar()
    sidecar.initialize()
    sidecar.load(model, promptStore={"directory": str(store), "maxBytes": 50_000_000})
    return sidecar


def test_a_process_that_was_killed_leaves_its_prompts_to_the_next(
    tiny_model: Path, tmp_path: Path
) -> None:
    with start(tiny_model, tmp_path / "store") as killed:
        first = killed.generate("a", text(PROMPT), maxTokens=4, temperature=0, ignoreEos=True)
        finish = first.finish()
        wait_until_written(killed)

    with start(tiny_model, tmp_path / "store") as sidecar:
        second = sidecar.generate("b", text(PROMPT), maxTokens=4, temperature=0, ignoreEos=True)
        usage = second.finish()["usage"]
        stats = sidecar.request("stats")

    assert finish["usage"]["cachedTokens"] == 0
    assert usage["cachedTokens"] == usage["promptTokens"] - 1
    assert second.tokens == first.tokens
    assert stats["tokens"]["prefilled"] == 0
    disk = stats["prefixCache"]["disk"]
    assert (disk["hits"], disk["entries"], disk["failed"]) == (1, 1, 0)
    assert disk["bytes"] > 0


def wait_until_written(sidecar: Sidecar) -> None:
    limit = time.monotonic() + 30
    while sidecar.request("stats")["prefixCache"]["disk"]["entries"] == 0:
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_an_orderly_end_writes_what_is_left(tiny_model: Path, tmp_path: Path) -> None:
    with start(tiny_model, tmp_path) as sidecar:
        sidecar.generate("a", text(PROMPT), maxTokens=1).finish()
        sidecar.request("shutdown")
        assert sidecar.exit_code(timeout=20) == 0
    assert len(list(tmp_path.glob("*.prefix"))) == 1


def test_a_store_that_cannot_be_used_changes_nothing(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with start(tiny_model, tmp_path / "file" / "store") as sidecar:
        for name in ("a", "b"):
            stream = sidecar.generate(name, text(PROMPT), maxTokens=2, ignoreEos=True)
            assert stream.finish()["reason"] == "length"
        assert sidecar.request("stats")["prefixCache"]["disk"]["entries"] == 0
