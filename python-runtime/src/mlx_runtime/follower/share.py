"""A rank's share of the model: loaded, tried out and computed with, in step with the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from msgspec import Struct, structs

from ..generation.ranks import Told, follow
from ..model.device import describe_device, memory_in_use, prepare_device
from ..model.directory import open_model_directory
from ..model.loader import load_model
from ..model.sharding import Share, join_group, summing
from ..ranks.messages import Begin, Load, Loaded, Meet, Prepare, Serve
from ..serving import known_traits
from .said import Said


def follow_first_rank(
    prepare: Prepare,
    said: Said,
    say: Callable[[Struct], None],
    report: Callable[[Callable[[], tuple[int, int]]], None],
) -> NoReturn:
    """`report`: takes what gives bytes in memory, now and at most, to be told from time to time."""
    said.next(Meet)
    device = describe_device()
    prepare_device(device)
    group = join_group(prepare.backend)
    load = said.next(Load)
    if load.memory_bytes is not None:
        device = structs.replace(device, memory_bytes=load.memory_bytes)
    share = Share(group, load.ranks)
    directory = open_model_directory(load.params.path)
    loaded = load_model(directory, load.params, device, lambda _, __: None, share)
    say(Loaded(loaded.weight_bytes))
    report(memory_in_use)
    serve = said.next(Serve)
    follower = follow(
        loaded.model,
        loaded.vocab_size,
        load.ranks,
        summing(group),
        known_traits.from_text(serve.traits, loaded.fingerprint),
        lambda: known_traits.of_text(said.next(Begin).traits),
    )
    while True:
        follower.follow(said.next(Told))
