"""What is to run next, what was started, and the runner between the two.

Nothing here computes, so that whatever plans steps and reads their results can
be tried with a runner that has no model.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ..model.adapters import Adapter
from ..requests import TopLogprob
from .forward import Forward
from .kv_cache.layer_caches import Caches
from .kv_cache.token_blocks import RowKV, States, TokenBlock
from .pooling.job import PoolingPlan
from .pooling.pooled_text import Outputs
from .scheduling.attention_cost import NO_TOKENS, PromptTokens
from .scheduling.scheduler import Chunk
from .sequence import Sequence

Drafts: TypeAlias = abc.Sequence[abc.Sequence[int]]
"""Drafted tokens of each sequence that decodes; empty where nothing was drafted."""


@dataclass(frozen=True, slots=True)
class DecodePlan:
    """A decode step of all running sequences."""

    drafts: Drafts = ()
    """To verify in it."""
    beside: abc.Sequence[Chunk] = ()
    """Parts of prompts in the same pass; not with drafts."""


@dataclass(frozen=True, slots=True)
class PrefillPlan:
    """Parts of prompts."""

    chunks: abc.Sequence[Chunk]


StepPlan: TypeAlias = DecodePlan | PrefillPlan | PoolingPlan
"""One pass to start."""


@dataclass(frozen=True, slots=True)
class SampledToken:
    token: int
    logprob: float | None = None
    top: tuple[TopLogprob, ...] = ()


class SampledTokens(Protocol):
    """What a finished decode step has to say.

    The token behind a drafted one may be asked for only once that one was sampled and
    noted: penalties, seeds and grammars go by what came before.
    """

    def at(self, index: int, position: int) -> SampledToken | None:
        """What follows the sequence's token at `position`; None: its logits are not finite."""
        ...


@dataclass(frozen=True, slots=True)
class DecodeStep:
    """A decode step in flight: one token of each sequence, and its drafted ones.

    Behind each of them a token is sampled. The first one counts; each later one counts if
    the drafted token before it was sampled, too.
    """

    sequences: abc.Sequence[Sequence]
    drafts: Drafts
    overlaps: bool
    """True when the next step can start before this one's tokens are known."""
    started: float
    """`time.perf_counter()` seconds."""
    wait: Callable[[], SampledTokens]
    prompts: PromptTokens = NO_TOKENS
    """Those that the same pass computes."""

    @property
    def width(self) -> int:
        """Tokens of each sequence, padding included."""
        return 1 + max(map(len, self.drafts), default=0)


@dataclass(frozen=True, slots=True)
class PrefillStep:
    """Prompt tokens in flight, in a pass of their own or in that of the decode step before."""

    chunks: abc.Sequence[Chunk]
    started: float
    wait: Callable[[], None]
    kv_of: Callable[[int], RowKV]
    """What the caches of one of its sequences hold, by index."""
    beside_decode: bool = False
    """True when a decode step's pass computed it, which was in flight before it."""
    encoded_images: bool = False
    """True when a vision tower encoded images for it, which takes longer than their tokens."""


@dataclass(frozen=True, slots=True)
class PoolingStep:
    plan: PoolingPlan
    started: float
    wait: Callable[[], Outputs]
    """Returns what the plan's kind asked for; raises what the model raised."""


Step: TypeAlias = DecodeStep | PrefillStep | PoolingStep


def is_beside(step: Step) -> bool:
    """True for parts of prompts that the pass of the decode step before computes."""
    return isinstance(step, PrefillStep) and step.beside_decode


class Runner(Protocol):
    """Owns a model and the KV caches of the sequences that run on it."""

    kv_caches: dict[Sequence, Caches]
    """Of sequences that are not in the decode batch, with what was computed of them."""
    samples_on_device: bool
    """True where bringing logits to the host is costly."""
    prefills_beside: bool
    """True where parts of prompts can be computed in the pass of a decode step, and are, if a
    plan has both and no drafts."""
    launching_blocks: bool
    """True where starting a pass takes nearly as long as the pass, as on a CPU."""

    @property
    def encodes_images_ahead(self) -> bool:
        """True where images are encoded beside other passes, by `encode_images_ahead`."""
        ...

    @property
    def running(self) -> abc.Sequence[Sequence]:
        """The sequences of the decode batch."""
        ...

    def stream(self) -> AbstractContextManager[object]:
        """Has everything inside run where the model runs."""
        ...

    def encode_images_ahead(self, waiting: abc.Sequence[Sequence], part: int) -> None:
        """Begins with the images of sequences that wait for their prompts to be computed, in
        `part` tokens at most at a time, and tells those that have to wait for them."""
        ...

    def wait_for_images(self) -> None:
        """A moment, or until another image was encoded; not at all where none is."""
        ...

    def join(self, sequences: abc.Sequence[Sequence]) -> None:
        """Adds prefilled sequences to the decode batch."""
        ...

    def leave(self, sequences: Collection[Sequence], keeping: Collection[Sequence] = ()) -> None:
        """Takes sequences out of the decode batch; `keeping`: those that keep their caches."""
        ...

    def give(self, sequence: Sequence, caches: Caches) -> None:
        """Has a sequence that is not prefilled yet go on from caches of its own."""
        ...

    def assemble(self, blocks: abc.Sequence[TokenBlock], states: States | None) -> Caches:
        """Caches for one sequence, which hold the tokens of these blocks."""
        ...

    def kv_of(self, sequence: Sequence) -> RowKV | None:
        """What the caches of a sequence hold, in the decode batch or outside of it."""
        ...

    def forget(self, sequence: Sequence) -> None:
        """Drops the caches of a sequence outside the decode batch."""
        ...

    def execute(self, plan: StepPlan) -> abc.Sequence[Step]:
        """Starts what was planned, without waiting for it."""
        ...

    def compute(
        self, forward: Forward, caches: Caches, prompts: abc.Sequence[abc.Sequence[int]]
    ) -> None:
        """Starts a pass of another model over the next tokens of each row, to fill its caches."""
        ...

    def roll_back(self, step: DecodeStep) -> None:
        """Takes back the drafted tokens of a step that were not accepted."""
        ...

    def observe(self, step: DecodeStep, seconds: float) -> None:
        """Takes note of how long a decode step took; called for each in turn."""
        ...

    def find_uncalled(self, adapter: Adapter) -> str | None:
        """A layer that the adapter changes and the model does not call; None: it calls them all."""
        ...

    def close(self) -> None:
        """Waits for what runs, and drops everything but the model."""
        ...
