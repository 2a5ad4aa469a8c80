"""What a process survives, and what it does not try to survive."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from .client import RpcFailed, Sidecar, SidecarGone, text
from .tiny_model import write_tiny_model

STORY = "Tell a very long story."


def test_a_template_that_never_ends_is_refused_and_harms_nobody(
    tiny_model: Path, tmp_path: Path
) -> None:
    for file in tiny_model.iterdir():
        (tmp_path / file.name).symlink_to(file)
    turns = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    (tmp_path / "chat_template.jinja").write_text(turns)
    with Sidecar() as sidecar:
        sidecar.initialize()
        sidecar.load(tmp_path)
        with pytest.raises(RpcFailed) as refused:
            sidecar.generate("chat", "Hi")

        assert refused.value.data["type"] == "chat_template_error"
        assert sidecar.generate("text", text("The capital of"), maxTokens=1).finish()


NATIVE_CALL = """
import time
from mlx_runtime.generation import Generator
Generator.step = lambda self: time.sleep(60)
"""


def test_a_long_native_call_neither_stops_the_heartbeat_nor_the_exit(tiny_model: Path) -> None:
    fault = (
        f"from mlx_runtime.model.mlx_lm_import import prepare_mlx_lm\nprepare_mlx_lm(){NATIVE_CALL}"
    )
    with Sidecar(fault) as sidecar:
        sidecar.initialize(heartbeat_interval_ms=50)
        sidecar.load(tiny_model)
        sidecar.generate("stuck", STORY)
        sidecar.wait_for(lambda frame: _activity(frame) == "prefilling")
        beats = sidecar.notifications("heartbeat")
        sidecar.wait_for(lambda _: len(sidecar.notifications("heartbeat")) > len(beats) + 5)
        stuck = sidecar.notifications("heartbeat")[len(beats) :]

        assert {beat["activity"] for beat in stuck} == {"prefilling"}
        assert len({beat["ticks"] for beat in stuck}) == 1
        started = time.monotonic()
        sidecar.end_input()
        assert sidecar.exit_code(timeout=5) == 0
        assert time.monotonic() - started < 3


PRINTING = """
import os, subprocess, sys
from mlx_runtime.serving.output_text import PlainText
push = PlainText.push
def noisy(self, token):
    print("printed by a library")
    os.write(1, b"written to descriptor 1\\n")
    subprocess.run([sys.executable, "-c", "print('printed by a child')"])
    assert sys.stdin.read() == ""
    return push(self, token)
PlainText.push = noisy
"""


def test_what_libraries_print_lands_in_stderr_and_loses_no_frame(tiny_model: Path) -> None:
    with Sidecar(PRINTING) as sidecar:
        sidecar.initialize()
        sidecar.load(tiny_model)
        stream = sidecar.generate("noisy", STORY, maxTokens=7, ignoreEos=True)
        stream.finish()
        whole = sidecar.request("detokenize", tokens=stream.tokens)["text"]
        sidecar.request("shutdown")
        sidecar.exit_code(timeout=5)

        assert stream.text == whole
        assert len(stream.tokens) == 7
        for text in (b"printed by a library", b"descriptor 1", b"printed by a child"):
            assert sidecar.stderr.count(text) == 7


FAILING_STEP = """
from mlx_runtime.generation import Generator
step = Generator.step
failures = iter([RuntimeError("kernel failed"), MemoryError("out of memory")])
def fail_twice(self):
    error = next(failures, None)
    if error is not None:
        raise error
    return step(self)
Generator.step = fail_twice
"""


def test_a_step_that_fails_ends_its_streams_and_the_next_are_served(tiny_model: Path) -> None:
    with Sidecar(FAILING_STEP) as sidecar:
        sidecar.initialize()
        sidecar.load(tiny_model)
        first = sidecar.generate("first", STORY).finish()
        second = sidecar.generate("second", STORY).finish()
        third = sidecar.generate("third", STORY, maxTokens=3, ignoreEos=True).finish()
        requests = sidecar.request("stats")["requests"]

        assert third["reason"] == "length"
        assert (requests["failed"], requests["finished"]) == (2, 1)
        assert first["error"]["code"] == -32002
        assert "kernel failed" in first["error"]["message"]
        assert second["error"]["data"]["type"] == "out_of_memory"


def test_logits_that_are_no_numbers_end_their_request_only(
    model_directory: Path, tmp_path: Path
) -> None:
    broken = write_tiny_model(tmp_path, model_directory, norm=float("nan"))
    with Sidecar() as sidecar:
        sidecar.initialize()
        sidecar.load(broken)
        finishes = [sidecar.generate(name, STORY, logprobs=True).finish() for name in "ab"]

        assert [finish["error"]["data"]["type"] for finish in finishes] == ["non_finite_logits"] * 2
        assert sidecar.request("stats")["prefixCache"]["hits"] == 0


def test_a_parent_that_does_not_read_loses_nothing(tiny_model: Path) -> None:
    """Frames worth more than a pipe holds pile up in front of a reader that sleeps."""
    with Sidecar() as sidecar:
        sidecar.initialize(heartbeat_interval_ms=60_000)
        sidecar.load(tiny_model)
        sidecar.pause_reading()
        ids = [sidecar.send("tokenize", {"prompt": text("word " * 20_000)}) for _ in range(3)]
        sidecar.notify("credit", streamId="nobody", tokens=1)
        sidecar.resume_reading()

        assert [len(sidecar.answer(id)["tokens"]) for id in ids] == [20_001] * 3


DYING_THREAD = """
from mlx_runtime.serving.output_text import PlainText
def broken(self, token): raise ZeroDivisionError
PlainText.push = broken
"""


def test_a_thread_that_dies_takes_the_process_with_it(tiny_model: Path) -> None:
    with Sidecar(DYING_THREAD) as sidecar:
        sidecar.initialize()
        sidecar.load(tiny_model)
        stream = sidecar.generate("lost", STORY)
        with pytest.raises(SidecarGone):
            stream.finish()

        assert sidecar.exit_code(timeout=5) == 70
        assert b"ZeroDivisionError" in sidecar.stderr


def test_neither_logs_nor_errors_hold_what_users_wrote(tiny_model: Path) -> None:
    canary = "canary-5up3r-s3cr3t"
    with Sidecar(MLX_LOG_LEVEL="debug") as sidecar:
        sidecar.initialize()
        sidecar.load(tiny_model)
        sidecar.generate("secret", canary, maxTokens=2, stop=[canary]).finish()
        with pytest.raises(RpcFailed) as refused:
            sidecar.request(
                "generate",
                streamId="s",
                prompt={"type": "text", "text": canary},
                sampling={"maxTokens": canary},
            )
        sidecar.write(f'{{"{canary}\n'.encode())
        sidecar.request("shutdown")
        sidecar.exit_code(timeout=5)

        assert canary not in refused.value.message
        assert canary.encode() not in sidecar.stderr
        assert canary not in str(sidecar.notifications("log"))
        assert b'"level":"info"' in sidecar.stderr


def _activity(frame: dict[str, object]) -> object:
    params = frame.get("params")
    return params.get("activity") if isinstance(params, dict) else None
