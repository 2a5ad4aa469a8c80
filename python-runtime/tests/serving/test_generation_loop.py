"""Long work shares the generation thread with steps."""

from __future__ import annotations

from typing import Any, cast

import pytest

from mlx_runtime.serving.generation_loop import GenerationLoop
from mlx_runtime.serving.heartbeat import Activity
from mlx_runtime.slices import Slices


class Host:
    """Has so many steps to make."""

    def __init__(self, steps: int) -> None:
        self.left = steps
        self.log: list[str] = []

    def has_work(self) -> bool:
        return self.left > 0

    def step(self) -> None:
        self.left -= 1
        self.log.append("step")

    def slices(self, name: str, count: int) -> Slices[str]:
        for _ in range(count):
            self.log.append(name)
            yield
        return name


def run(loop: GenerationLoop, host: Host) -> None:
    loop.run(cast("Any", host))


def test_steps_run_between_the_slices_of_long_work() -> None:
    loop, host = GenerationLoop(Activity()), Host(steps=3)
    result = loop.spread(lambda _: host.slices("slice", 2))
    result.add_done_callback(lambda _: loop.stop())
    run(loop, host)
    assert result.result(0) == "slice"
    assert host.log == ["step", "slice", "step", "slice", "step"]


def test_where_no_step_is_to_be_made_long_work_goes_on_by_itself() -> None:
    loop, host = GenerationLoop(Activity()), Host(steps=0)
    first = loop.spread(lambda _: host.slices("first", 3))
    second = loop.spread(lambda _: host.slices("second", 1))
    second.add_done_callback(lambda _: loop.stop())
    run(loop, host)
    assert first.result(0) == "first"
    assert host.log == ["first"] * 3 + ["second"]


def test_long_work_that_fails_fails_whoever_waits_for_it() -> None:
    loop, host = GenerationLoop(Activity()), Host(steps=1)

    def fails(_: object) -> Slices[None]:
        yield
        raise ValueError("no such weight")

    result = loop.spread(fails)
    result.add_done_callback(lambda _: loop.stop())
    run(loop, host)
    with pytest.raises(ValueError, match="no such weight"):
        result.result(0)


def test_commands_do_not_wait_for_long_work() -> None:
    loop, host = GenerationLoop(Activity()), Host(steps=0)

    def work(_: object) -> Slices[None]:
        host.log.append("slice")
        loop.post(lambda _: host.log.append("command"))
        yield
        host.log.append("slice")

    loop.spread(work).add_done_callback(lambda _: loop.stop())
    run(loop, host)
    assert host.log == ["slice", "command", "slice"]
