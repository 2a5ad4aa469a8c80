"""Rows with adapters, alone and beside others, write what mlx-lm writes with them fused."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import mlx.core as mx
import pytest
from mlx import nn

from mlx_runtime.generation import Refused
from mlx_runtime.model.adapters import (
    Adapter,
    AdapterSet,
    open_adapter_directory,
    read_adapter,
)
from mlx_runtime.model.cuda.fused_projections import fuse_projections

from ..models import tiny_model
from ..serving import random_prompt, reference, serve
from .adapted import TOKENS, asking, serving
from .adapter_files import fuse_adapter, write_adapter


def quantized_llama() -> Any:
    model = tiny_model("llama")
    cast("Any", nn).quantize(model, group_size=32, bits=4)
    return model


FAMILIES = {
    "llama": lambda: tiny_model("llama"),
    "tied": lambda: tiny_model("llama", tie_word_embeddings=True),
    "qwen3_moe": lambda: tiny_model("qwen3_moe"),
    "gemma3_text": lambda: tiny_model("gemma3_text"),
    "quantized": quantized_llama,
}


@pytest.mark.parametrize("count", [2, 5], ids=["few", "many"])
@pytest.mark.parametrize("family", FAMILIES)
def test_rows_write_what_the_fused_model_writes(family: str, count: int, tmp_path: Path) -> None:
    make = FAMILIES[family]
    kinds = {str(number): "lora" for number in range(count)}
    if family == "llama":
        kinds["1"] = "dora"
    keys = [*_keys(make()), "model.embed_tokens"] if family == "tied" else None
    names: list[str | None] = [None, *kinds]
    for seed, (name, kind) in enumerate(kinds.items()):
        plain = keys if kind == "lora" else ["self_attn.q_proj", "mlp.down_proj"]
        write_adapter(tmp_path / name, make(), seed, kind=kind, keys=plain, rank=3 + seed)
    prompts = {name: random_prompt(12 + 9 * place, place) for place, name in enumerate(names)}
    expected = {
        name: reference(
            make() if name is None else fuse_adapter(make(), tmp_path / name), prompt, TOKENS
        )
        for name, prompt in prompts.items()
    }
    assert len({tuple(tokens) for tokens in expected.values()}) == len(expected)
    generator = serving(make(), [tmp_path / name for name in kinds])

    alone = {
        name: serve(generator, [asking("alone", prompt, name)])["alone"].tokens
        for name, prompt in prompts.items()
    }
    mixed = serve(generator, [asking(str(name), prompt, name) for name, prompt in prompts.items()])

    assert alone == expected
    assert {name: mixed[str(name)].tokens for name in prompts} == expected


@pytest.mark.parametrize("kind", ["lora", "dora"])
@pytest.mark.parametrize("biases", [False, True])
def test_projections_that_are_one_product_take_adapters(
    kind: str, biases: bool, tmp_path: Path
) -> None:
    def make() -> Any:
        return tiny_model("llama", attention_bias=biases)

    keys = ["self_attn.q_proj", "self_attn.v_proj", "mlp.up_proj"]
    path = write_adapter(tmp_path / "one", make(), 1, kind=kind, keys=keys)
    prompt = random_prompt(12, 3)
    model = make()
    fuse_projections(model)
    generator = serving(model, [path])

    tokens = serve(generator, [asking("stream", prompt, "one")])["stream"].tokens
    assert tokens == reference(fuse_adapter(make(), path), prompt, TOKENS)


@pytest.mark.parametrize("count", [2, 5], ids=["few", "many"])
@pytest.mark.parametrize(
    ("tied", "kind"),
    [(True, "lora"), (False, "lora"), (False, "dora")],
    ids=["tied", "linear", "scaled"],
)
def test_a_head_with_adapters_computes_for_the_first_rows_alone(
    tied: bool, kind: str, count: int, tmp_path: Path
) -> None:
    def make() -> Any:
        return tiny_model("llama", tie_word_embeddings=tied)

    key = "model.embed_tokens" if tied else "lm_head"
    model = make()
    adapters = AdapterSet(model)
    rows: list[Adapter | None] = [None]
    for seed in range(count):
        path = write_adapter(tmp_path / str(seed), make(), seed, kind=kind, keys=[key])
        directory = open_adapter_directory(str(path))
        rows.append(adapters.read(path.name, directory.key, read_adapter(directory)))
    head = model.model.embed_tokens.as_linear if tied else model.lm_head
    states = mx.random.normal((len(rows), 1, model.args.hidden_size))

    with adapters.using(rows):
        of_all, of_first = head(states), head(states[:2])
    assert mx.allclose(of_first, of_all[:2], atol=1e-5)
    assert not mx.allclose(of_all, head(states), atol=1e-2)


def _keys(model: Any) -> list[str]:
    return [path for path, module in model.layers[0].named_modules() if type(module) is nn.Linear]


def test_an_adapter_never_goes_on_from_what_the_model_or_another_adapter_computed(
    tmp_path: Path,
) -> None:
    for seed, name in enumerate(["one", "two"]):
        write_adapter(tmp_path / name, tiny_model("llama"), seed)
    generator = serving(tiny_model("llama"), [tmp_path / "one", tmp_path / "two"])
    prompt = random_prompt(200, 1)

    def cached(adapter: str | None) -> int:
        served = serve(generator, [asking("a", prompt, adapter)])["a"]
        return served.finish.usage.cached_tokens

    assert [cached(name) for name in (None, "one", "two")] == [0, 0, 0]
    assert all(cached(name) > 0 for name in (None, "one", "two"))


@pytest.mark.usefixtures("drafting_is_free")
def test_tokens_are_drafted_for_rows_with_adapters_and_change_nothing(tmp_path: Path) -> None:
    write_adapter(tmp_path / "one", tiny_model("llama"), 0)
    generator = serving(tiny_model("llama"), [tmp_path / "one"])
    prompt = random_prompt(30, 2)
    plain = serve(generator, [asking("a", prompt, "one", prompt_lookup=False)])["a"]
    told = [*plain.tokens, 1, 2, 3]
    both = serve(
        generator,
        [asking("a", prompt, "one", prediction=told), asking("b", prompt, None, prediction=told)],
    )
    assert both["a"].tokens == plain.tokens
    assert both["a"].finish.usage.accepted_tokens > 0
    assert both["b"].tokens != plain.tokens


def test_rows_go_on_with_an_adapter_that_was_removed_and_new_ones_are_refused(
    tmp_path: Path,
) -> None:
    write_adapter(tmp_path / "one", tiny_model("llama"), 0)
    generator = serving(tiny_model("llama"), [tmp_path / "one"])
    request = asking("a", random_prompt(12, 3), "one")
    expected = serve(generator, [request])["a"].tokens

    def remove(step: int) -> None:
        if step == 3:
            generator.adapter_slot.remove("one")

    assert serve(generator, [request], before_step=remove)["a"].tokens == expected
    with pytest.raises(Refused, match="'one' is not loaded"):
        generator.submit(request)


def test_an_adapter_that_does_not_fit_in_memory_is_refused(tmp_path: Path) -> None:
    write_adapter(tmp_path / "one", tiny_model("llama"), 0)
    with pytest.raises(Refused, match="unload another one"):
        serving(tiny_model("llama"), [tmp_path / "one"], memory_bytes=1, weight_bytes=0)
