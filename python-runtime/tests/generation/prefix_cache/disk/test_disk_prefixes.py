"""Prefixes outlive the process that computed them, on every kind of cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlx.core as mx
import pytest

from mlx_runtime.generation.forward import empty_caches
from mlx_runtime.generation.prefix_cache.disk import DiskPrefixes
from mlx_runtime.generation.prefix_cache.disk import prefixes as prefixes_module
from mlx_runtime.generation.prefix_cache.disk.directory import PrefixDirectory
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from ...models import CONFIGURATIONS, tiny_model
from ...serving import greedy, make_generator, random_prompt, reference, serve

LIMIT = 50_000_000


class Life:
    """One process's use of a directory: a model, its generator and the disk."""

    def __init__(self, path: Path, model: Any, limit: int = LIMIT, name: str = "model") -> None:
        self.model = model
        self.disk = DiskPrefixes(path, limit, name, lambda: empty_caches(model))
        self.generator = make_generator(model, WireBatching(), disk=self.disk)

    def run(self, *requests: Request) -> dict[str, Any]:
        return dict(serve(self.generator, requests))

    def end(self) -> None:
        self.generator.close()
        self.disk.close()


@pytest.fixture(scope="module")
def llama() -> Any:
    return tiny_model("llama")


@pytest.fixture(params=CONFIGURATIONS)
def model(request: pytest.FixtureRequest) -> Any:
    return tiny_model(request.param)


def test_a_second_life_starts_from_what_the_first_one_read(model: Any, tmp_path: Path) -> None:
    prompt = random_prompt(150, 1)
    first = Life(tmp_path, model)
    first.run(Request("a", prompt, greedy(6)))
    first.end()
    second = Life(tmp_path, model)

    served = second.run(Request("b", prompt, greedy(6)))["b"]

    assert served.tokens == reference(model, prompt, 6)
    assert served.finish.usage.cached_tokens == 149
    assert second.generator.stats().counters.prefilled_tokens == 0
    assert second.disk.stats().hits == 1


def test_a_conversation_goes_on_in_another_life(model: Any, tmp_path: Path) -> None:
    prompt = random_prompt(100, 1)
    first = Life(tmp_path, model)
    answer = first.run(Request("a", prompt, greedy(8)))["a"].tokens
    first.end()
    longer = [*prompt, *answer, *random_prompt(20, 2)]
    second = Life(tmp_path, model)

    served = second.run(Request("b", longer, greedy(6)))["b"]

    assert served.tokens == reference(model, longer, 6)
    assert served.finish.usage.cached_tokens >= 99


def test_without_an_orderly_end_what_was_written_remains(llama: Any, tmp_path: Path) -> None:
    prompt = random_prompt(150, 1)
    crashed = Life(tmp_path, llama)
    crashed.run(Request("a", prompt, greedy(2)))
    wait_for_files(tmp_path, 1)

    served = Life(tmp_path, llama).run(Request("b", prompt, greedy(2)))["b"]

    assert served.finish.usage.cached_tokens == 149


def test_a_row_that_waited_for_the_disk_goes_on_from_what_was_computed_meanwhile(
    llama: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = DiskPrefixes(tmp_path, LIMIT, "model", lambda: empty_caches(llama))
    generator = make_generator(llama, WireBatching(prefill_step_size=32), disk=disk)
    prompt = random_prompt(150, 1)
    settled = prefixes_module.Lookup.settled.fget
    assert settled is not None
    late: list[str] = []

    def is_settled(lookup: prefixes_module.Lookup) -> bool:
        answered = not late or generator.stats().counters.generated_tokens > 0
        return answered and settled(lookup)

    monkeypatch.setattr(prefixes_module.Lookup, "settled", property(is_settled))

    def submit_late(_: int) -> None:
        if not late and generator.stats().counters.prefilled_tokens > 0:
            late.append("b")
            generator.submit(Request("b", prompt, greedy(4)))

    served = serve(generator, [Request("a", prompt, greedy(4))], before_step=submit_late)
    assert served["b"].finish.usage.cached_tokens == 149
    assert served["b"].tokens == served["a"].tokens
    assert generator.stats().counters.prefilled_tokens == 149


def wait_for_files(path: Path, count: int) -> None:
    prefixes_module.time.sleep(0.05)
    for _ in range(1000):
        if len(PrefixDirectory(path, LIMIT).names()) >= count:
            return
        prefixes_module.time.sleep(0.01)
    pytest.fail("nothing was written")


def test_rows_that_arrive_together_read_the_disk_once(llama: Any, tmp_path: Path) -> None:
    common = random_prompt(200, 1)
    first = Life(tmp_path, llama)
    first.run(Request("a", common, greedy(1)))
    first.end()
    second = Life(tmp_path, llama)
    prompts = [common + random_prompt(4, index) for index in range(5)]

    served = second.run(
        *(Request(str(index), prompt, greedy(4)) for index, prompt in enumerate(prompts))
    )

    for index, prompt in enumerate(prompts):
        assert served[str(index)].tokens == reference(llama, prompt, 4)
    assert second.disk.stats().hits == 1
    assert second.generator.stats().counters.reused_tokens >= 5 * 199


def test_models_and_tenants_never_see_each_other(llama: Any, tmp_path: Path) -> None:
    prompt = random_prompt(100, 1)
    first = Life(tmp_path, llama)
    first.run(Request("a", prompt, greedy(1), tenant="one"))
    first.end()
    for name, tenant, cached in (("model", "two", 0), ("other", "one", 0), ("model", "one", 99)):
        life = Life(tmp_path, llama, name=name)
        served = life.run(Request("b", prompt, greedy(1), tenant=tenant))["b"]
        assert served.finish.usage.cached_tokens == cached
        life.end()


def test_a_damaged_file_is_removed_and_its_prompt_computed(llama: Any, tmp_path: Path) -> None:
    prompt = random_prompt(150, 1)
    first = Life(tmp_path, llama)
    first.run(Request("a", prompt, greedy(1)))
    first.end()
    (file,) = tmp_path.glob("*.prefix")
    content = bytearray(file.read_bytes())
    content[-100] ^= 1
    file.write_bytes(content)
    second = Life(tmp_path, llama)

    served = second.run(Request("b", prompt, greedy(6)))["b"]

    assert served.tokens == reference(llama, prompt, 6)
    assert served.finish.usage.cached_tokens == 0
    assert second.disk.stats().failed == 1


def test_a_full_or_read_only_disk_is_served_without(llama: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    life = Life(tmp_path / "file", llama)
    prompt = random_prompt(150, 1)
    for name in ("a", "b"):
        served = life.run(Request(name, prompt, greedy(6)))[name]
        assert served.tokens == reference(llama, prompt, 6)
    life.end()
    stats = life.disk.stats()
    assert (stats.entries, stats.bytes, stats.written) == (0, 0, 0)
    assert stats.failed == 1


def test_the_limit_holds_while_prompts_come_in(llama: Any, tmp_path: Path) -> None:
    limit = 400_000
    life = Life(tmp_path, llama, limit)
    for index in range(8):
        life.run(Request(str(index), random_prompt(100 + 10 * index, index), greedy(1)))
    life.end()
    assert life.disk.stats().written == 8
    assert 0 < sum(file.stat().st_size for file in tmp_path.iterdir()) <= limit
    assert life.disk.stats().bytes <= limit


def test_a_conversation_is_written_again_only_once_it_has_grown(llama: Any, tmp_path: Path) -> None:
    prompt = random_prompt(100, 1)
    life = Life(tmp_path, llama)
    for length in (100, 110, 120, 130):
        life.run(Request("a", prompt + random_prompt(60, 2)[: length - 100], greedy(1)))
    life.end()
    assert life.disk.stats().written == 2
    assert life.disk.stats().entries == 1


def test_a_row_that_waits_for_the_disk_can_be_cancelled(llama: Any, tmp_path: Path) -> None:
    with stuck_disk(tmp_path, llama) as life:
        prompt = random_prompt(150, 1)

        def cancel(step: int) -> None:
            if step == 2:
                life.generator.cancel("a")

        requests = [Request(name, prompt, greedy(3)) for name in ("a", "b")]
        served = serve(life.generator, requests, before_step=cancel)
        assert served["a"].finish.reason == "cancelled"
        assert served["b"].tokens == reference(llama, prompt, 3)


def test_a_disk_that_does_not_answer_is_not_waited_for(llama: Any, tmp_path: Path) -> None:
    with stuck_disk(tmp_path, llama) as life:
        for name in ("a", "b"):
            prompt = random_prompt(150, ord(name))
            served = life.run(Request(name, prompt, greedy(3)))[name]
            assert served.tokens == reference(llama, prompt, 3)


class stuck_disk:  # noqa: N801
    """A life whose disk answers nothing until the end."""

    def __init__(self, path: Path, model: Any) -> None:
        self._life = Life(path, model)
        self._release = prefixes_module.Future[None]()
        self._patch = pytest.MonkeyPatch()

    def __enter__(self) -> Life:
        self._patch.setattr(prefixes_module, "_LONGEST_ANSWER", 0.2)
        self._life.disk._reader.post(self._release.result)
        return self._life

    def __exit__(self, *_: object) -> None:
        self._release.set_result(None)
        self._patch.undo()
        self._life.end()


def test_other_rows_go_on_while_one_waits(llama: Any, tmp_path: Path) -> None:
    with stuck_disk(tmp_path, llama) as life:
        short = random_prompt(10, 3)
        served = life.run(
            Request("waits", random_prompt(150, 1), greedy(2)), Request("runs", short, greedy(20))
        )
        assert served["runs"].tokens == reference(llama, short, 20)
        ended = life.generator.stats().counters
        assert ended.finished == 2


@pytest.mark.parametrize("dtype", [mx.bfloat16, mx.float16, mx.float32])
def test_every_type_of_weights_comes_back_as_it_was(tmp_path: Path, dtype: mx.Dtype) -> None:
    model = tiny_model("qwen3")
    model.set_dtype(dtype)
    prompt = random_prompt(90, 5)
    sampling = WireSampling(max_tokens=5, temperature=0.9, seed=3)
    first = Life(tmp_path, model)
    alone = first.run(Request("a", prompt, sampling))["a"].tokens
    first.end()
    second = Life(tmp_path, model)
    assert second.run(Request("b", prompt, sampling))["b"].tokens == alone
    assert second.disk.stats().hits == 1
