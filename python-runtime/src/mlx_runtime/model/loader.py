"""Loads a model onto the device. Runs on the generation thread, which owns MLX."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlx import nn

from ..errors import RpcError
from ..pooling import EmbeddingTraits
from ..slices import Slices, run_through
from ..vision.families import VisionFamily
from ..wire import LoadParams, WireBatching, WireDevice
from .cpu import lay_out_by_input
from .cuda import lay_out_for_gpu
from .directory import ModelDirectory, load_failed
from .embedding_traits import embedding_traits, longest_text
from .encoders import is_encoder, open_encoder
from .encoders.configuration import positions_before_text
from .fingerprint import fingerprint
from .group_masks import align_group_masks
from .headless import lacks_head, lacks_prefix, with_prefix
from .load_faults import reason_of, refuse_layers, refuse_unpacked, refuse_unreadable
from .quantized_caches import quantize_caches
from .shape import cache_bytes_per_token, context_length, vocabulary_size
from .sharding import Share, leave_gradients_out, local_share, shard
from .vision import choose_vision, seeing_model, vision_classes
from .weight_files import headers
from .weights import (
    MemoryNeed,
    ReportBytes,
    choose_dtype,
    describe_weights,
    make_dense,
    reading_weights,
    usable_bytes,
    widen_quantised,
)

_log = logging.getLogger(__name__)

_TYPICAL_ROW_TOKENS = 2048
"""Context of one row that the memory policy leaves room for."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    model: Any
    """An mlx-lm model, or an `Encoder`."""
    config: dict[str, Any]
    context_length: int
    vocab_size: int
    parameter_count: int
    weight_bytes: int
    weights: str
    fingerprint: str
    """What tells its computed state from that of every other model."""
    embedding: EmbeddingTraits
    has_lm_head: bool
    """False: the checkpoint can make vectors, but cannot say which token is next."""
    sight: VisionFamily | str
    """The family by which it sees images, or why it sees none."""
    encoder: bool = False
    """True: it reads whole texts, in both directions."""
    share: Share | None = None
    """What part of it this process holds; None: all of it."""

    @property
    def sees(self) -> bool:
        return not isinstance(self.sight, str)


def load_model(
    directory: ModelDirectory,
    params: LoadParams,
    device: WireDevice,
    report: ReportBytes,
    share: Share | None = None,
) -> LoadedModel:
    """`loading_model` at once."""
    return run_through(loading_model(directory, params, device, report, share))


def loading_model(
    directory: ModelDirectory,
    params: LoadParams,
    device: WireDevice,
    report: ReportBytes,
    share: Share | None = None,
) -> Slices[LoadedModel]:
    """Raises RpcError `model_load_failed` or `out_of_memory`. `share`: None: the whole model."""
    with failing_to_load(directory.path, directory.config):
        return (yield from _loading(directory, params, device, report, share))


@contextmanager
def failing_to_load(path: Path, config: Mapping[str, Any]) -> Generator[None]:
    """Turns what a malformed checkpoint makes mlx-lm raise into RpcError `model_load_failed`."""
    try:
        yield
    except RpcError:
        raise
    # Some of mlx-lm's modules exit where a package that they need is missing.
    except (Exception, SystemExit) as error:
        _log.exception("loading failed")
        raise load_failed(f"{path} cannot be loaded: {reason_of(error, config)}") from error


def _loading(
    directory: ModelDirectory,
    params: LoadParams,
    device: WireDevice,
    report: ReportBytes,
    share: Share | None,
) -> Slices[LoadedModel]:
    from mlx_lm import utils

    mlx_lm: Any = utils
    if share is not None:
        leave_gradients_out()
    names = weight_names(directory)
    sight = choose_vision(params.vision, directory.config, names)
    model, config, has_lm_head = open_lazily(directory, sees=not isinstance(sight, str))
    yield
    parameter_count = int(mlx_lm.get_total_parameters(model))
    need = _memory_need(directory, config, parameter_count, params.batching or WireBatching())
    if share is not None:
        need = need.divided(share.ranks, local_share(parameter_count, config, share.ranks))
    dtype = choose_dtype(params.weights, device, need)
    widened = False
    if dtype is not None:
        make_dense(model, dtype)
    elif device.kind == "cpu":
        ranks = 1 if share is None else share.ranks
        widened = widen_quantised(model, usable_bytes(device) * ranks)
    align_group_masks(model)
    if share is not None:
        shard(model, share.group)
    if device.kind == "cpu":
        lay_out_by_input(model)
    if device.kind == "cuda" and isinstance(sight, str) and not is_encoder(config):
        lay_out_for_gpu(model)
    weight_bytes = yield from reading_weights(model, report)
    vocab_size = vocabulary_size(config)
    if vocab_size is None:
        raise load_failed(f"{directory.path / 'config.json'} names no vocab_size")
    weights = describe_weights(model, config)
    bits = params.kv_bits
    kinds = [weights, *([] if bits is None else [f"kv{bits}"])]
    kinds += [] if share is None else [f"of {share.ranks} ranks"]
    kinds += ["in float32"] if widened else []
    encoder = is_encoder(config)
    served = model if isinstance(sight, str) else seeing_model(model, config)
    return LoadedModel(
        model=served if bits is None or encoder else quantize_caches(served, config, bits),
        config=config,
        context_length=_longest_context(directory, config),
        vocab_size=vocab_size,
        parameter_count=parameter_count,
        weight_bytes=weight_bytes,
        weights=weights,
        fingerprint=fingerprint(directory, " ".join(kinds)),
        embedding=_embedding(directory, config, share),
        has_lm_head=has_lm_head,
        encoder=encoder,
        sight=sight,
        share=share,
    )


def weight_names(directory: ModelDirectory) -> frozenset[str]:
    return frozenset(name for _, header in headers(directory.weight_files) for name in header)


def open_lazily(
    directory: ModelDirectory, *, sees: bool = False
) -> tuple[nn.Module, dict[str, Any], bool]:
    """The model before any weight is read, its configuration, and whether it has a head.

    `sees`: it is built from mlx-vlm's classes.
    """
    from mlx_lm import utils

    mlx_lm: Any = utils
    found = headers(directory.weight_files)
    names = frozenset(name for _, header in found for name in header)
    refuse_unreadable(found)
    refuse_unpacked(directory.path, directory.config, names)
    refuse_layers(directory.path, directory.config, len(names))
    if is_encoder(directory.config):
        return open_encoder(directory.config, directory.weight_files), directory.config, False
    has_lm_head = sees or not lacks_head(names, directory.config)
    classes = vision_classes if sees else mlx_lm._get_classes
    with _of_weight_files(directory) as path:
        model, config = mlx_lm.load_model(
            path,
            lazy=True,
            # A head that is not there must not be asked for.
            model_config=None if has_lm_head else {"tie_word_embeddings": True},
            get_model_classes=with_prefix(classes) if lacks_prefix(names) and not sees else classes,
        )
    if "eos_token_id" in directory.config:
        config["eos_token_id"] = directory.config["eos_token_id"]
    return model, config, has_lm_head


def _embedding(
    directory: ModelDirectory, config: dict[str, Any], share: Share | None
) -> EmbeddingTraits:
    if share is not None:
        return EmbeddingTraits(refusal="it is over several devices")
    return embedding_traits(directory.path, config)


@contextmanager
def _of_weight_files(directory: ModelDirectory) -> Generator[Path]:
    """A directory in which mlx-lm finds the weight files that count and no others."""
    if len(directory.weight_files) == len(list(directory.path.glob("model*.safetensors"))):
        yield directory.path
        return
    with TemporaryDirectory(prefix="mlx-model-") as folder:
        for file in (*directory.path.glob("*.json"), *directory.weight_files):
            (Path(folder) / file.name).symlink_to(file.resolve())
        yield Path(folder)


def _longest_context(directory: ModelDirectory, config: dict[str, Any]) -> int:
    """Tokens that there are positions for, or fewer where an encoder was made for fewer."""
    positions = context_length(config)
    if not is_encoder(config):
        return positions
    made_for = longest_text(directory.path) or positions
    return min(made_for, positions - positions_before_text(config))


def _memory_need(
    directory: ModelDirectory, config: dict[str, Any], parameter_count: int, batching: WireBatching
) -> MemoryNeed:
    row_tokens = min(context_length(config), _TYPICAL_ROW_TOKENS)
    rows = batching.max_batch_size * row_tokens * cache_bytes_per_token(config, 2)
    return MemoryNeed(
        stored_bytes=directory.stored_bytes,
        parameter_count=parameter_count,
        cache_bytes=rows + batching.prompt_cache_bytes,
    )
