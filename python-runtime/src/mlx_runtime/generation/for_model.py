"""A generator for a model: tries out what its caches can do, and gives it to a runner."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import cast

import mlx.core as mx

from ..model.adapters import AdapterSet
from ..pooling import EmbeddingTraits
from ..wire import WireBatching
from .forward import EncoderForward, Forward, TextEncoder
from .generator import Generator
from .kv_cache.layer_caches import LanguageModel
from .model_traits import ModelTraits, ServingSettings
from .picture_features import SeeingModel
from .prefix_cache.disk import DiskPrefixes
from .ranks import Lead
from .runner import ModelRunner
from .runner.backbone import find_backbone
from .runner.decoded_states import give_decoded_states
from .runner.encoder_traits import encoder_traits
from .runner.probe import probe_model


def generator_for(
    model: LanguageModel,
    *,
    eos_token_ids: Collection[int],
    vocab_size: int,
    context_length: int,
    batching: WireBatching,
    memory_bytes: int | None = None,
    disk: DiskPrefixes | None = None,
    prompt_lookup: bool = True,
    samples_on_device: bool | None = None,
    embedding: EmbeddingTraits | None = None,
    traits: ModelTraits | None = None,
    adapters: AdapterSet | None = None,
    weight_bytes: int | None = None,
    sees: bool = False,
    lead: Lead | None = None,
) -> Generator:
    """`memory_bytes`, `prompt_lookup`, `embedding`: see `ServingSettings`.
    `disk`, `samples_on_device`: see `Generator` and `ModelRunner`.
    `sees`: the model is a `SeeingModel`, too.
    `traits`: what is known of the model; None: it is found out by running it.
    `adapters`: of this model; None: it gets none. `weight_bytes`: None: what is in memory.
    `lead`: where other processes compute with this one; None: it is alone.
    """
    stream = mx.new_thread_local_stream(mx.default_device())
    with mx.stream(stream):
        traits = traits or probe_model(Forward(model), vocab_size)
        weight_bytes = mx.get_active_memory() if weight_bytes is None else weight_bytes
        embedding, forward = _with_backbone(
            model, embedding or EmbeddingTraits(), cast("SeeingModel", model) if sees else None
        )
    settings = ServingSettings(
        traits=replace(traits, vocab_size=vocab_size),
        eos_token_ids=frozenset(eos_token_ids),
        context_length=context_length,
        batching=batching,
        weight_bytes=weight_bytes,
        memory_bytes=memory_bytes,
        prompt_lookup=prompt_lookup,
        embedding=embedding,
        embedding_size=_vector_size(embedding, forward.state_size),
    )
    adapters = adapters or AdapterSet(model)
    if lead is not None:
        runner = lead.runner(forward, traits, adapters, stream)
        return Generator(runner, settings, None, adapters)
    runner = ModelRunner(
        forward, traits, adapters, stream=stream, samples_on_device=samples_on_device
    )
    return Generator(runner, settings, disk, adapters)


def encoder_generator_for(
    encoder: TextEncoder,
    *,
    vocab_size: int,
    context_length: int,
    batching: WireBatching,
    memory_bytes: int | None = None,
    embedding: EmbeddingTraits | None = None,
    traits: ModelTraits | None = None,
) -> Generator:
    """The same for an encoder, which pools texts and generates nothing."""
    stream = mx.new_thread_local_stream(mx.default_device())
    forward = EncoderForward(encoder)
    with mx.stream(stream):
        traits = traits or encoder_traits(forward, vocab_size)
        weight_bytes = mx.get_active_memory()
    embedding = embedding or EmbeddingTraits()
    if encoder.judges:
        embedding = replace(embedding, refusal="it is a cross-encoder, which judges pairs of texts")
    settings = ServingSettings(
        traits=traits,
        eos_token_ids=frozenset(),
        context_length=context_length,
        batching=batching,
        weight_bytes=weight_bytes,
        memory_bytes=memory_bytes,
        prompt_lookup=False,
        embedding=embedding,
        embedding_size=_vector_size(embedding, encoder.size),
        encoder="judges pairs" if encoder.judges else "makes vectors",
    )
    runner = ModelRunner(forward, traits, AdapterSet(encoder), stream=stream)
    return Generator(runner, settings)


def _vector_size(embedding: EmbeddingTraits, state_size: int | None) -> int | None:
    """Behind the layers that follow the pooling; None: the model makes no vectors."""
    if embedding.refusal is not None or state_size is None:
        return None
    sizes = [projection.weight.shape[0] for projection in embedding.projections]
    return [state_size, *sizes][-1]


def _with_backbone(
    model: LanguageModel, embedding: EmbeddingTraits, seeing: SeeingModel | None
) -> tuple[EmbeddingTraits, Forward]:
    """The model, and why it makes no vectors, if it does not."""
    found = embedding.refusal or find_backbone(model)
    if isinstance(found, str):
        return replace(embedding, refusal=found), Forward(model, seeing=seeing)
    if seeing is None:
        give_decoded_states(found.states)
    return embedding, Forward(model, found.states, found.size, seeing)
