"""One model in two processes, which meet over loopback, beside the same in one."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from .client import Frame, RpcFailed, Sidecar, SidecarGone, TokenStream
from .tiny_model import write_tiny_model

TWO_RANKS: Frame = {"parallel": {"ranks": 2, "backend": "ring"}}
STORY = "Tell me a story about a fox and a very long river."
LONG = "The fox went down to the river and waited there for a while. " * 12
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@pytest.fixture(scope="module")
def divisible_model(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(
        tmp_path_factory.mktemp("divisible"),
        model_directory,
        num_attention_heads=4,
        num_key_value_heads=2,
    )


@pytest.fixture(scope="module")
def alone(divisible_model: Path) -> Generator[Sidecar]:
    yield from _serving(divisible_model)


@pytest.fixture(scope="module")
def led(divisible_model: Path) -> Generator[Sidecar]:
    yield from _serving(divisible_model, **TWO_RANKS)


def _serving(model: Path, **options: Any) -> Generator[Sidecar]:
    with Sidecar() as process:
        process.initialize()
        process.capabilities = process.load(model, **options)["capabilities"]
        yield process
        process.request("shutdown")
        assert process.exit_code(timeout=10) == 0


def test_the_ranks_are_told_of_with_the_memory_of_each(led: Sidecar, alone: Sidecar) -> None:
    assert led.capabilities["ranks"] == 2
    assert "ranks" not in alone.capabilities
    led.wait_until(lambda: all(led.request("stats")["rankBytes"]))
    first, second = led.request("stats")["rankBytes"]
    # A table of embeddings is most of this model, and whole in each.
    assert 0.5 < second / first < 2
    assert "rankBytes" not in alone.request("stats")


@pytest.mark.parametrize("rows", [1, 5])
def test_greedy_text_is_that_of_one_process(led: Sidecar, alone: Sidecar, rows: int) -> None:
    texts = [
        _tokens(
            process.generate(f"greedy-{rows}-{row}", f"{row} {STORY}" * (1 + 7 * row))
            for row in range(rows)
        )
        for process in (led, alone)
    ]

    assert texts[0] == texts[1]


def test_seeds_penalties_grammars_and_logprobs_beside_each_other_change_nothing(
    led: Sidecar, alone: Sidecar
) -> None:
    asked: list[Frame] = [
        {"temperature": 1, "seed": 7},
        {"temperature": 0.8, "topP": 0.9, "seed": 8, "presencePenalty": 1},
        {"grammar": {"type": "json_schema", "schema": json.dumps(SCHEMA)}, "maxTokens": 40},
        {"temperature": 1, "seed": 9, "logprobs": True, "topLogprobs": 2},
        {"promptLookup": True},
    ]
    texts = [
        _tokens(
            process.generate(f"mixed-{index}", f"{index} {STORY}", **options)
            for index, options in enumerate(asked)
        )
        for process in (led, alone)
    ]

    assert texts[0] == texts[1]


def test_a_prefix_is_computed_once_and_gone_on_from(led: Sidecar, alone: Sidecar) -> None:
    def turns(process: Sidecar) -> list[list[int]]:
        first = _tokens([process.generate("turn-1", LONG)])
        branches = [process.generate(f"turn-2-{n}", f"{LONG} And {n}?") for n in range(3)]
        return first + _tokens(branches)

    before = led.request("stats")["tokens"]["reused"]

    assert turns(led) == turns(alone)
    assert led.request("stats")["tokens"]["reused"] > before + 3 * 100


def test_what_is_cancelled_leaves_the_others_as_they_were(led: Sidecar, alone: Sidecar) -> None:
    streams = [
        led.generate(f"stay-{row}", f"{row} {STORY}", maxTokens=60, ignoreEos=True)
        for row in range(3)
    ]
    streams[1].next()
    led.notify("cancel", streamId="stay-1")

    assert streams[1].finish()["reason"] == "cancelled"
    expected = [
        alone.generate(f"stay-{row}", f"{row} {STORY}", maxTokens=60, ignoreEos=True)
        for row in (0, 2)
    ]
    assert _tokens([streams[0], streams[2]]) == _tokens(expected)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("embed", {"streamId": "e", "texts": ["a"]}),
        ("loadDraft", {"modelId": "d", "path": "."}),
        ("loadAdapter", {"adapterId": "a", "path": "."}),
    ],
)
def test_what_several_processes_cannot_do_is_refused(
    led: Sidecar, method: str, params: Frame
) -> None:
    with pytest.raises(RpcFailed):
        led.request(method, **params)


def test_a_model_that_cannot_be_divided_is_refused_by_what_is_in_the_way(
    model_directory: Path, tmp_path: Path
) -> None:
    with Sidecar() as process:
        process.initialize()
        with pytest.raises(RpcFailed, match="num_attention_heads is 9"):
            process.load(model_directory, **TWO_RANKS)
        with pytest.raises(RpcFailed, match="prompt store"):
            process.load(model_directory, **TWO_RANKS, promptStore={"directory": str(tmp_path)})
        assert process.children() == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (signal.SIGKILL, b"rank 1 on this machine ended"),
        (signal.SIGSTOP, b"rank 1 on this machine said nothing for 4 s"),
    ],
)
def test_a_rank_that_ends_or_freezes_is_the_end_of_all(
    divisible_model: Path, fault: signal.Signals, told: bytes
) -> None:
    parallel = {"ranks": 2, "backend": "ring", "heartbeatTimeoutMs": 4000}
    with Sidecar() as process:
        process.initialize()
        process.load(divisible_model, parallel=parallel)
        stream = process.generate("lost", STORY, maxTokens=400, ignoreEos=True)
        stream.next()
        (follower,) = process.children()
        os.kill(follower, fault)

        with pytest.raises(SidecarGone):
            stream.finish()
        code = process.exit_code(timeout=5)
        # MLX's ring may fall over its lost peer before this process has left by itself.
        assert code in (71, -signal.SIGSEGV)
        assert (told if code == 71 else b"[ring]") in process.stderr
        process.wait_until(lambda: not _lives(follower))


_SSH = """#!/bin/sh
[ "$1 $2 $3" = "-o BatchMode=yes two.local" ] || exit 9
shift 3
exec sh -c "$*"
"""


def test_a_rank_that_cannot_be_where_the_others_look_for_it_says_so(
    divisible_model: Path, tmp_path: Path
) -> None:
    (tmp_path / "ssh").write_text(_SSH)
    (tmp_path / "ssh").chmod(0o755)
    # Set aside for documentation (RFC 5737): no machine has it.
    ips = {"one.local": "127.0.0.1", "two.local": "192.0.2.1"}
    hosts = [{"ssh": name, "ips": [ip]} for name, ip in ips.items()]
    (tmp_path / "hosts.json").write_text(json.dumps(hosts))
    parallel = {"ranks": 2, "hosts": str(tmp_path / "hosts.json")}
    with Sidecar(PATH=f"{tmp_path}:{os.environ['PATH']}") as process:
        process.initialize()
        with pytest.raises(
            RpcFailed, match=r"Rank 1 on two\.local cannot serve: .*listen at 192\.0\.2\.1:"
        ):
            process.load(divisible_model, parallel=parallel)
        assert process.children() == []


def test_ranks_on_other_machines_are_reached_by_ssh_and_do_not_outlive_the_first_one(
    divisible_model: Path, tmp_path: Path
) -> None:
    """What stands for `ssh` runs here what it is asked to run there."""
    (tmp_path / "ssh").write_text(_SSH)
    (tmp_path / "ssh").chmod(0o755)
    hosts = [{"ssh": name, "ips": ["127.0.0.1"]} for name in ("one.local", "two.local")]
    (tmp_path / "hosts.json").write_text(json.dumps(hosts))
    parallel = {"ranks": 2, "hosts": str(tmp_path / "hosts.json")}
    with Sidecar(PATH=f"{tmp_path}:{os.environ['PATH']}") as process:
        process.initialize()
        process.load(divisible_model, parallel=parallel)
        process.generate("lost", STORY, maxTokens=400, ignoreEos=True).next()
        (follower,) = process.children()
        process.kill()

        deadline = time.monotonic() + 5
        while _lives(follower) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not _lives(follower)


def _tokens(streams: Any) -> list[list[int]]:
    started: list[TokenStream] = list(streams)
    for stream in started:
        assert "error" not in stream.finish()
    return [stream.tokens for stream in started]


def _lives(pid: int) -> bool:
    """What nobody has taken leave of yet does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
