"""What the rank that plans tells the others: each computes the same, of its own share.

Sequences and kept blocks go by numbers, which the first rank gives.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class NewSequence(Struct, frozen=True, array_like=True):
    number: int
    tenant: str
    prompt_tokens: list[int]
    num_prefill_tokens: int


class SequenceState(Struct, frozen=True, array_like=True):
    """What has changed of a sequence since it was spoken of last."""

    number: int
    num_computed_tokens: int
    num_in_flight: int
    new_tokens: list[int]
    """Behind the output tokens that are known."""


class Part(Struct, frozen=True, array_like=True):
    """The next tokens of a sequence's prompt."""

    sequence: int
    tokens: int


class Row(Struct, frozen=True, array_like=True):
    """What the caches of a sequence hold."""

    place: int
    """The sequence's number, or its index in the pass over prompts that was settled last."""
    of_pass: bool = False
    surplus: int = 0
    """Last tokens that are not meant."""


class BlockPart(Struct, frozen=True, array_like=True):
    """Some tokens of a kept block."""

    block: int
    begin: int
    length: int


class Decode(Struct, frozen=True, tag="decode"):
    """A decode step of all running sequences."""

    shares_tokens: bool
    """True: the sampled tokens are handed on by a collective, to be the next step's inputs."""
    drafts: list[list[int]] = []
    beside: list[Part] = []


class Prefill(Struct, frozen=True, tag="prefill"):
    parts: list[Part]


class Settle(Struct, frozen=True, tag="settle"):
    """The oldest pass over prompts is waited for."""


class Join(Struct, frozen=True, tag="join"):
    sequences: list[int]


class Leave(Struct, frozen=True, tag="leave"):
    sequences: list[int]
    keeping: list[int]


class Forget(Struct, frozen=True, tag="forget"):
    sequence: int


class RollBack(Struct, frozen=True, tag="roll_back"):
    drafts: list[list[int]]


class KeepBlocks(Struct, frozen=True, tag="keep_blocks"):
    row: Row
    begin: int
    end: int
    blocks: list[int]
    """Their numbers to be."""


class KeepStates(Struct, frozen=True, tag="keep_states"):
    row: Row
    blocks: list[int]
    states: int
    """Its number to be."""


class SplitBlock(Struct, frozen=True, tag="split_block"):
    block: int
    at: int
    first: int
    rest: int


class Assemble(Struct, frozen=True, tag="assemble"):
    """Makes caches of blocks, to be given to a sequence."""

    parts: list[BlockPart]
    states: int | None


class CopyRow(Struct, frozen=True, tag="copy_row"):
    """Copies caches, to be given to a sequence."""

    row: Row


class Give(Struct, frozen=True, tag="give"):
    """The caches made last are a sequence's."""

    sequence: int


class Clear(Struct, frozen=True, tag="clear"):
    """Everything but the model goes."""


Operation: TypeAlias = (
    Decode
    | Prefill
    | Settle
    | Join
    | Leave
    | Forget
    | RollBack
    | KeepBlocks
    | KeepStates
    | SplitBlock
    | Assemble
    | CopyRow
    | Give
    | Clear
)


class Told(Struct, frozen=True, tag="told"):
    """An operation, and what has to be known before it."""

    operation: Operation
    begun: list[NewSequence] = []
    states: list[SequenceState] = []
    ended: list[int] = []
    """Sequences that nothing will be said of any more."""
    dropped: list[int] = []
    """Blocks and states that are not kept any more."""
