"""How a process leads others, and how another one follows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import mlx.core as mx

from ...model.adapters import AdapterSet
from ..forward import Forward
from ..kv_cache.layer_caches import LanguageModel
from ..model_traits import ModelTraits
from ..runner import ModelRunner
from ..runner.probe import probe_model
from .follower import Follower
from .leading_runner import LeadingRunner
from .shared_tokens import FollowingSampler, LeadingSampler, TokenSharing
from .telling import Tell


@dataclass(frozen=True, slots=True)
class Lead:
    ranks: int
    share: TokenSharing
    tell: Tell
    agree: Callable[[ModelTraits], None]
    """Called once with what was found out of the model: all ranks go by it."""

    def runner(
        self,
        forward: Forward,
        traits: ModelTraits,
        adapters: AdapterSet,
        stream: mx.ThreadLocalStream,
    ) -> LeadingRunner:
        self.agree(traits)
        own = ModelRunner(
            forward,
            traits,
            adapters,
            stream=stream,
            sampler=lambda own: LeadingSampler(own, self.share),
            ranks=self.ranks,
        )
        return LeadingRunner(own, self.tell)


def follow(
    model: LanguageModel,
    vocab_size: int,
    ranks: int,
    share: TokenSharing,
    traits: ModelTraits | None,
    agree: Callable[[], ModelTraits],
) -> Follower:
    """Tries the model out together with the first rank, if that does not know it yet.

    `agree`: gives what the first rank found out.
    """
    stream = mx.new_thread_local_stream(mx.default_device())
    forward = Forward(model)
    if traits is None:
        with mx.stream(stream):
            probe_model(forward, vocab_size)
    sampler = FollowingSampler(share)
    runner = ModelRunner(
        forward,
        agree(),
        AdapterSet(model),
        stream=stream,
        sampler=lambda _: sampler,
        ranks=ranks,
    )
    return Follower(runner, sampler)
