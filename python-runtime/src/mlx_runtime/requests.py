"""What crosses between the request threads and the generation thread.

Tokenising happens before a `Request` exists and detokenising after a
`StepOutput` left; the generation thread sees token ids only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .errors import Failure
from .vision.picture import PromptPictures
from .wire import WireSampling

if TYPE_CHECKING:
    from .grammar import TokenRules

FinishReason = Literal["stop", "length", "cancelled", "error"]


@dataclass(frozen=True, slots=True)
class RequestTimes:
    """What happened before it was submitted, in monotonic seconds."""

    received: float
    """Its frame arrived."""
    encoded: float
    """Its prompt was turned into tokens."""
    grammar: tuple[float, float] | None = None
    """From the end of that to the end of its grammar's compilation; None: it has none."""


@dataclass(frozen=True, slots=True)
class Request:
    """One row to be: a tokenised prompt and how to continue it."""

    stream_id: str
    prompt_tokens: Sequence[int]
    sampling: WireSampling
    constraint: TokenRules | None = None
    """The row's own; past the resumed tokens already."""
    resume_tokens: Sequence[int] = ()
    priority: int = 0
    tenant: str = ""
    queue_deadline: float | None = None
    """`time.monotonic()` seconds after which a queued request fails with queue_timeout."""
    credit: int = 256
    prompt_lookup: bool = True
    """Draft tokens from the row's own text and grammar where that pays."""
    prediction: Sequence[int] = ()
    """Tokens that the answer will probably be like; drafted from first."""
    adapter: str | None = None
    """The name of the adapter to compute with."""
    draft_model: str | None = None
    """The draft model to draft with where that pays."""
    times: RequestTimes | None = None
    """None: nobody wants to know its timeline."""
    block_names: Sequence[tuple[int, int]] = ()
    """What its caller calls parts of the prompt, each with its tokens, fewest first."""
    pictures: PromptPictures | None = None
    """The images that stand in the prompt; their tokens are there already."""


@dataclass(frozen=True, slots=True)
class TopLogprob:
    token: int
    logprob: float


@dataclass(frozen=True, slots=True)
class PromptUse:
    tokens: int
    cached_tokens: int


@dataclass(frozen=True, slots=True)
class PrefillSpan:
    """A pass that computed part of a prompt, in monotonic seconds."""

    start: float
    end: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """When what happened to a request, in monotonic seconds; None: it did not get there."""

    request: RequestTimes
    queued: float
    admitted: float | None
    prefill: tuple[PrefillSpan, ...]
    decoding: float | None
    ended: float


@dataclass(frozen=True, slots=True)
class Usage:
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    queue_ms: float
    prefill_ms: float
    decode_ms: float
    drafted_tokens: int = 0
    accepted_tokens: int = 0
    """Drafted tokens that the model chose."""
    timeline: Timeline | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    reason: FinishReason
    usage: Usage
    stop_token_id: int | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class StepOutput:
    """What one step produced for one row: a token, an end, or both."""

    stream_id: str
    token: int | None
    """None when the row ended without producing one; a stop token is not reported here."""
    logprob: float | None = None
    top_logprobs: tuple[TopLogprob, ...] = ()
    finish: Finish | None = None
    prompt: PromptUse | None = None
    """Told with the row's first token."""


@dataclass(frozen=True, slots=True)
class PrefillProgress:
    stream_id: str
    done: int
    total: int
