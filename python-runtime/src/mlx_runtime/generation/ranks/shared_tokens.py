"""One rank samples; the others take its tokens.

Seeds, grammars and penalties then live in one place, and no rounding between two
devices can have their texts part. Where the next step starts before anybody has
read the tokens, they travel by a collective behind the step's own, without the
host; where the host knows them, they come with the next message.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import mlx.core as mx

from ..arrays import start
from ..runner.batch_sampler import Sampler
from ..runner.decode_output import DecodeOutput
from ..sequence import Sequence
from ..steps import Drafts

_mx = cast("Any", mx)

TokenSharing = Callable[[mx.array], mx.array]
"""Sums token ids (rows, 1) over all ranks."""


class LeadingSampler:
    """Samples as the given one does, and hands on what the next step needs."""

    def __init__(self, own: Sampler, share: TokenSharing) -> None:
        self._own = own
        self._share = share

    def change(self) -> None:
        self._own.change()

    def overlaps(self, sequences: abc.Sequence[Sequence], drafts: Drafts) -> bool:
        return self._own.overlaps(sequences, drafts)

    def sample(
        self, sequences: abc.Sequence[Sequence], logits: mx.array, drafts: Drafts
    ) -> DecodeOutput:
        """`logits`: (sequences, width, vocabulary)."""
        output = self._own.sample(sequences, logits, drafts)
        if not output.overlaps or output.tokens is None:
            return output
        shared = self._share(output.tokens.astype(mx.uint32))
        start([shared])
        return replace(output, tokens=shared)


class FollowingSampler:
    """Takes the tokens that the first rank samples."""

    def __init__(self, share: TokenSharing) -> None:
        self._share = share
        self.shares = False
        """Whether the next step's tokens are handed on."""

    def change(self) -> None:
        pass

    def overlaps(self, sequences: abc.Sequence[Sequence], drafts: Drafts) -> bool:
        del sequences, drafts
        return self.shares

    def sample(
        self, sequences: abc.Sequence[Sequence], logits: mx.array, drafts: Drafts
    ) -> DecodeOutput:
        """`logits`: (sequences, width, vocabulary), which have to be computed: the last of the
        pass's collectives lead to them."""
        del drafts
        if not self.shares:
            start([logits])
            return DecodeOutput(sequences, logits, None, (), None, {})
        nothing = mx.zeros((len(sequences), 1), mx.uint32)
        # Behind the pass: ranks meet in the order in which they compute.
        (behind,) = _mx.depends([nothing], [logits])
        shared = self._share(behind)
        start([shared])
        return DecodeOutput(sequences, shared, shared, (), None, {}, True)
