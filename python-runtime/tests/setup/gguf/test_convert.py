"""The converted directory, as mlx-lm and the tokenizers library read it."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import mlx.core as mx
import numpy as np
import pytest
from mlx.utils import tree_flatten
from mlx_lm.models.llama import Model, ModelArgs
from mlx_lm.utils import dequantize_model, load_model
from tokenizers import Tokenizer

from mlx_runtime.setup.gguf.completeness import require_complete
from mlx_runtime.setup.gguf.convert import convert_gguf
from mlx_runtime.setup.gguf.errors import GgufError

from .gguf_file import Floats, Tensor, four_bit
from .tiny_llama import HIDDEN, TEMPLATE, TinyLlama, write_tiny_llama

Converted = tuple[TinyLlama, Path]
WHOLE = {"token_embd.weight", "output_norm.weight"} | {
    f"blk.{layer}.{part}.weight" for layer in (0, 1) for part in ("attn_norm", "ffn_up")
}


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    folder = tmp_path_factory.mktemp("gguf")
    tiny = write_tiny_llama(folder / "tiny.gguf")
    convert_gguf(tiny.path, folder / "model")
    return tiny, folder / "model"


def _load_dense(directory: Path) -> Model:
    model = dequantize_model(cast("Model", load_model(directory)[0]))
    model.set_dtype(mx.float32)
    return cast("Model", model)


def test_tensors_decode_to_what_was_written_with_rows_back_in_order(converted: Converted) -> None:
    tiny, directory = converted
    loaded = cast("list[tuple[str, mx.array]]", tree_flatten(_load_dense(directory).parameters()))
    assert {name for name, _ in loaded} == set(tiny.weights)
    for name, tensor in loaded:
        # Dequantised in float16: half a unit in the last place of values up to 4.
        np.testing.assert_allclose(np.array(tensor), tiny.weights[name], atol=2e-3, err_msg=name)


def test_logits_equal_those_of_the_model_the_file_stands_for(converted: Converted) -> None:
    tiny, directory = converted
    config = json.loads((directory / "config.json").read_text())
    reference = Model(ModelArgs.from_dict(config))
    reference.load_weights([(name, mx.array(value)) for name, value in tiny.weights.items()])
    tokens = mx.array([[1, 40, 80, 120, 2, 60]])
    expected, actual = np.array(reference(tokens)), np.array(_load_dense(directory)(tokens))
    # Weights were rounded to float16 on one side: 1 % of the largest logit.
    np.testing.assert_allclose(actual, expected, atol=0.01 * float(np.abs(expected).max()))


def test_weights_stay_packed_as_the_file_has_them(converted: Converted) -> None:
    _, directory = converted
    tensors = cast("dict[str, mx.array]", mx.load(str(directory / "model.safetensors")))
    assert tensors["model.layers.0.self_attn.q_proj.weight"].shape == (HIDDEN, HIDDEN // 8)
    assert tensors["model.embed_tokens.weight"].shape[1] == HIDDEN // 4
    assert tensors["model.norm.weight"].dtype == mx.float16


def test_config_names_each_width(converted: Converted) -> None:
    _, directory = converted
    config = json.loads((directory / "config.json").read_text())
    assert config["quantization"] == {
        "group_size": 32,
        "bits": 4,
        "model.embed_tokens": {"group_size": 32, "bits": 8},
    }
    assert config["rms_norm_eps"] == 1e-5
    assert config["tie_word_embeddings"] is True


def test_tokenizer_merges_words_splits_digits_and_knows_special_tokens(
    converted: Converted,
) -> None:
    _, directory = converted
    tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
    encoded = tokenizer.encode("<|im_start|>hello w 12é")
    assert encoded.tokens == ["<|im_start|>", "hello", "Ġw", "Ġ", "1", "2", "Ã", "©"]
    assert tokenizer.decode(encoded.ids, skip_special_tokens=False) == "<|im_start|>hello w 12é"


def test_tokenizer_config_carries_special_tokens_and_template(converted: Converted) -> None:
    _, directory = converted
    config = json.loads((directory / "tokenizer_config.json").read_text())
    assert (config["bos_token"], config["eos_token"]) == ("<|im_start|>", "<|im_end|>")
    assert config["chat_template"] == TEMPLATE


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"general.architecture": "mamba"}, "'mamba' is not supported"),
        ({"tokenizer.ggml.pre": "falcon"}, "'falcon' splitting is not supported"),
        ({"llama.rope.freq_base": "high"}, "'llama.rope.freq_base' is not a number"),
    ],
)
def test_other_kinds_of_files_are_refused_and_leave_nothing(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    tiny = write_tiny_llama(tmp_path / "tiny.gguf", changes)
    with pytest.raises(GgufError, match=message):
        convert_gguf(tiny.path, tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.gguf"]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (math.nan, "tensor 'output_norm.weight' holds numbers that are NaN or infinite"),
        (math.inf, "tensor 'output_norm.weight' holds numbers that are NaN or infinite"),
        (1e5, "tensor 'output_norm.weight' holds numbers beyond 65,504"),
    ],
)
def test_numbers_that_are_not_finite_are_refused_by_the_name_of_their_tensor(
    number: float, words: str, packed: bool, tmp_path: Path
) -> None:
    tiny = write_tiny_llama(tmp_path / "tiny.gguf")
    norm = tiny.weights["model.norm.weight"].astype("<f4")
    written = norm.tobytes()
    norm[-1] = number
    content = tiny.path.read_bytes()
    assert content.count(written) == 1
    tiny.path.write_bytes(content.replace(written, norm.tobytes()))

    with pytest.raises(GgufError, match=words):
        convert_gguf(tiny.path, tmp_path / "model", packed=packed)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.gguf"]


def test_a_scale_that_is_no_number_is_refused(tmp_path: Path) -> None:
    def without_scale(values: Floats) -> Tensor:
        tensor = four_bit(values)
        return replace(tensor, data=np.float16(math.nan).tobytes() + tensor.data[2:])

    tiny = write_tiny_llama(tmp_path / "tiny.gguf", encode=without_scale)
    with pytest.raises(GgufError, match=r"'token_embd\.weight' holds numbers that are NaN"):
        convert_gguf(tiny.path, tmp_path / "model")


@pytest.mark.parametrize(
    ("block_count", "words"),
    [
        (1, "tensors of layer 1, and says that it has 1 layers"),
        (3, r"tensor 'blk\.2\..+' is missing"),
        (2**32 - 1, r"tensor 'blk\.2\..+' is missing"),
    ],
)
def test_layers_that_the_file_has_not_are_refused(
    block_count: int, words: str, tmp_path: Path
) -> None:
    tiny = write_tiny_llama(tmp_path / "tiny.gguf", {"llama.block_count": block_count})
    with pytest.raises(GgufError, match=words):
        convert_gguf(tiny.path, tmp_path / "model")


@pytest.mark.parametrize("name", ["token_embd", "output_norm", "blk.1.ffn_up"])
def test_a_tensor_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(GgufError, match=re.escape(f"tensor '{name}.weight' is missing")):
        require_complete(WHOLE - {f"{name}.weight"}, 2)
    require_complete(WHOLE, 2)


def test_no_heads_are_refused(tmp_path: Path) -> None:
    tiny = write_tiny_llama(tmp_path / "tiny.gguf", {"llama.attention.head_count": 0})
    with pytest.raises(GgufError, match="head_count' is not positive"):
        convert_gguf(tiny.path, tmp_path / "model")
