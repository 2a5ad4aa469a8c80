"""How a process begins and ends, and what it tells meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from .client import SOURCES, RpcFailed, Sidecar, text

STORY = "Tell a very long story."


def test_versions_that_do_not_match_are_refused_by_name() -> None:
    with Sidecar() as sidecar:
        with pytest.raises(RpcFailed) as refused:
            sidecar.request(
                "initialize", protocolVersion=99, client={"name": "bridge", "version": "9.9"}
            )
        with pytest.raises(RpcFailed, match="initialize"):
            sidecar.request("stats")

    assert refused.value.data["type"] == "protocol_version_mismatch"
    assert "99" in refused.value.message
    assert " 1" in refused.value.message


def test_requests_before_load_are_refused_and_input_s_end_exits_cleanly() -> None:
    with Sidecar() as sidecar:
        sidecar.initialize()
        with pytest.raises(RpcFailed) as refused:
            sidecar.generate("early", "Hi")
        sidecar.end_input()

        assert refused.value.data["type"] == "model_not_loaded"
        assert sidecar.exit_code(timeout=3) == 0


def test_a_load_that_fails_says_why_and_another_may_follow(
    tiny_model: Path, tmp_path: Path
) -> None:
    with Sidecar() as sidecar:
        sidecar.initialize()
        with pytest.raises(RpcFailed) as refused:
            sidecar.load(tmp_path)
        result = sidecar.load(tiny_model, weights="stored")

        assert refused.value.data["type"] == "model_load_failed"
        assert "config.json" in refused.value.message
        assert result["capabilities"]["weights"] == "4-bit"
        assert result["weightBytes"] < result["parameterCount"]


@pytest.mark.parametrize("expected", ["this", "another", "none"])
def test_a_process_loads_what_it_is_told_to_whatever_it_expected(
    tiny_model: Path, model_directory: Path, tmp_path: Path, expected: str
) -> None:
    expect = {"this": tiny_model, "another": model_directory, "none": tmp_path / "gone"}[expected]
    with Sidecar(expect=expect) as sidecar:
        sidecar.initialize()
        sidecar.load(tiny_model)
        prompt = {"type": "text", "text": "Hello there"}
        tokens = sidecar.request("tokenize", prompt=prompt)["tokens"]
        assert sidecar.request("detokenize", tokens=tokens)["text"] == "Hello there"


@pytest.mark.model
def test_loading_reports_bytes_of_weights(sidecar: Sidecar) -> None:
    steps = [p for p in sidecar.notifications("progress") if p["phase"] == "load"]

    assert steps[-1]["done"] == steps[-1]["total"] > 500_000_000
    assert [step["done"] for step in steps] == sorted(step["done"] for step in steps)
    assert {step["unit"] for step in steps} == {"bytes"}


def test_shutdown_tells_every_stream_and_exits_with_zero(tiny_model: Path) -> None:
    with Sidecar() as sidecar:
        sidecar.initialize()
        sidecar.load(tiny_model)
        stream = sidecar.generate("interrupted", STORY, maxTokens=300, ignoreEos=True)
        stream.next()
        shutdown = sidecar.send("shutdown", {})

        finish = stream.finish()

        assert finish["reason"] == "error"
        assert finish["error"]["data"]["type"] == "shutting_down"
        assert sidecar.answer(shutdown) == {}
        assert sidecar.exit_code(timeout=5) == 0


@pytest.mark.model
def test_ticks_grow_with_progress_and_stand_still_without_work(sidecar: Sidecar) -> None:
    before = len(sidecar.notifications("heartbeat"))
    stream = sidecar.generate("ticking", STORY, maxTokens=15, ignoreEos=True)
    stream.finish()
    done = len(sidecar.notifications("heartbeat"))
    sidecar.wait_for(lambda _: len(sidecar.notifications("heartbeat")) > done + 3)

    beats = sidecar.notifications("heartbeat")
    assert "decoding" in {beat["activity"] for beat in beats[before:done]}
    idle = beats[done + 1 :]
    assert {beat["activity"] for beat in idle} == {"idle"}
    assert len({beat["ticks"] for beat in idle}) == 1
    assert idle[0]["ticks"] > beats[before - 1]["ticks"] + 15


PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]])
print(child.pid, flush=True)
child.wait()
"""
BY_THE_KERNEL = "from mlx_runtime.__main__ import main; main()"
BY_LOOKING = f"import sys; sys.platform = 'elsewhere'; {BY_THE_KERNEL}"


@pytest.mark.parametrize("program", [BY_THE_KERNEL, BY_LOOKING], ids=["kernel", "looking"])
def test_a_killed_parent_takes_the_process_with_it(program: str) -> None:
    # Parent and child read from this test, so the child's input does not end with its parent.
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
    )
    assert parent.stdin is not None
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    hello = {"protocolVersion": 1, "client": {"name": "tests", "version": "0"}}
    frame = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
    parent.stdin.write(msgspec.json.encode(frame) + b"\n")
    parent.stdin.flush()
    assert b'"id":1' in parent.stdout.readline()
    assert _alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()

    deadline = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(pid)
    parent.stdin.close()
    parent.stdout.close()


def test_reading_a_long_prompt_beside_a_running_stream_reports_progress(tiny_model: Path) -> None:
    with Sidecar() as sidecar:
        sidecar.initialize()
        sidecar.load(tiny_model, batching={"prefillStepSize": 64})
        busy = sidecar.generate("busy", STORY, maxTokens=450, ignoreEos=True, credit=1000)
        busy.next()
        long = sidecar.generate("long", text("word " * 400), maxTokens=1)
        promised = long.finish()["usage"]["promptTokens"]

        steps = [
            (progress["done"], progress["total"], progress["unit"])
            for progress in sidecar.notifications("progress")
            if progress.get("streamId") == "long"
        ]
        assert len(steps) >= 400 / 64
        assert [done for done, _, _ in steps] == sorted({done for done, _, _ in steps})
        assert steps[-1][0] == steps[-1][1] >= promised - 1
        assert {unit for _, _, unit in steps} == {"tokens"}


def test_stats_tell_the_memory(tiny_model: Path) -> None:
    with Sidecar() as sidecar:
        sidecar.initialize()
        empty = sidecar.request("stats")["memory"]
        loaded = sidecar.load(tiny_model)
        memory = sidecar.request("stats")["memory"]

        assert memory["activeBytes"] >= loaded["weightBytes"] > empty["activeBytes"]
        assert memory["peakBytes"] >= memory["activeBytes"]
        assert memory["residentBytes"] > 10_000_000


def _alive(pid: int) -> bool:
    """False for zombies too: whoever adopted the process has not asked for it yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
