"""Does what the first rank says, with this rank's share of the model."""

from __future__ import annotations

from collections import deque

from ...requests import Request
from ...wire import WireSampling
from ..cache_key import CacheKey
from ..freed_memory import FreedMemory
from ..kv_cache.layer_caches import Caches
from ..kv_cache.token_blocks import RowKV, States, TokenBlock
from ..runner import ModelRunner
from ..sampling.request_rng import RequestRng
from ..scheduling.scheduler import Chunk
from ..sequence import Sequence
from ..sequence_times import SequenceTimes
from ..steps import DecodePlan, DecodeStep, PrefillPlan, PrefillStep, SampledTokens
from .messages import (
    Assemble,
    Clear,
    CopyRow,
    Decode,
    Forget,
    Give,
    Join,
    KeepBlocks,
    KeepStates,
    Leave,
    NewSequence,
    Operation,
    Part,
    Prefill,
    RollBack,
    Row,
    SequenceState,
    Settle,
    SplitBlock,
    Told,
)
from .shared_tokens import FollowingSampler


class Follower:
    """Has no policy and samples nothing. Must be used on one thread."""

    def __init__(self, runner: ModelRunner, sampler: FollowingSampler) -> None:
        """`sampler`: that of the runner."""
        self._runner = runner
        self._sampler = sampler
        self._sequences: dict[int, Sequence] = {}
        self._blocks: dict[int, TokenBlock] = {}
        self._states: dict[int, States] = {}
        self._passes: deque[PrefillStep] = deque()
        """Over prompts, that were not waited for."""
        self._settled: PrefillStep | None = None
        self._made: Caches = []
        self._freed = FreedMemory()

    def follow(self, told: Told) -> None:
        for new in told.begun:
            self._sequences[new.number] = _sequence(new)
        for state in told.states:
            self._note(state)
        with self._runner.stream():
            self._do(told.operation)
        for number in told.ended:
            self._sequences.pop(number, None)
        for number in told.dropped:
            self._blocks.pop(number, None)
            self._states.pop(number, None)

    def _note(self, state: SequenceState) -> None:
        sequence = self._sequences[state.number]
        sequence.output_tokens.extend(state.new_tokens)
        sequence.num_computed_tokens = state.num_computed_tokens
        sequence.num_in_flight = state.num_in_flight

    def _do(self, operation: Operation) -> None:
        match operation:
            case Decode() | Prefill() | Settle() | RollBack():
                self._compute(operation)
            case KeepBlocks() | KeepStates() | SplitBlock():
                self._keep(operation)
            case Assemble(parts, states):
                held = None if states is None else self._states[states]
                blocks = [
                    self._blocks[part.block].part(part.begin, part.begin + part.length)
                    for part in parts
                ]
                self._made = self._runner.assemble(blocks, held)
            case CopyRow(row):
                self._made = self._row(row).copy()
            case Give(number):
                self._runner.give(self._sequences[number], self._made)
                self._made = []
            case Join(numbers):
                self._runner.join(self._of(numbers))
            case Leave(numbers, keeping):
                self._runner.leave(self._of(numbers), self._of(keeping))
            case Forget(number):
                self._runner.forget(self._sequences[number])
            case Clear():
                self._clear()

    def _compute(self, operation: Decode | Prefill | Settle | RollBack) -> None:
        match operation:
            case Decode(shares_tokens, drafts, beside):
                self._sampler.shares = shares_tokens
                steps = self._runner.execute(DecodePlan(drafts, self._chunks(beside)))
                self._passes.extend(step for step in steps if isinstance(step, PrefillStep))
                for step in steps:
                    if isinstance(step, DecodeStep):
                        self._runner.observe(step, 0.0)
                self._freed.step()
            case Prefill(parts):
                steps = self._runner.execute(PrefillPlan(self._chunks(parts)))
                self._passes.extend(step for step in steps if isinstance(step, PrefillStep))
            case Settle():
                self._settled = self._passes.popleft()
                self._settled.wait()
            case RollBack(drafts):
                self._runner.roll_back(DecodeStep((), drafts, False, 0.0, _nothing))

    def _keep(self, operation: KeepBlocks | KeepStates | SplitBlock) -> None:
        match operation:
            case KeepBlocks(row, begin, end, numbers):
                kept = self._row(row).blocks(begin, end)
                self._blocks.update(zip(numbers, kept, strict=True))
            case KeepStates(row, numbers, number):
                blocks = [self._blocks[each] for each in numbers]
                states = self._row(row).copy_states(blocks)
                if states is not None:
                    self._states[number] = states
            case SplitBlock(number, at, first, rest):
                self._blocks[first], self._blocks[rest] = self._blocks[number].split(at)

    def _row(self, row: Row) -> RowKV:
        found = None
        if row.of_pass and self._settled is not None:
            found = self._settled.kv_of(row.place)
        elif not row.of_pass:
            found = self._runner.kv_of(self._sequences[row.place])
        if found is None:
            raise RuntimeError("the first rank speaks of caches that are not here")
        return found.cut_back(row.surplus) if row.surplus else found

    def _clear(self) -> None:
        self._runner.close()
        self._passes.clear()
        self._blocks.clear()
        self._states.clear()
        self._settled, self._made = None, []
        self._freed.clear()

    def _chunks(self, parts: list[Part]) -> list[Chunk]:
        return [Chunk(self._sequences[part.sequence], part.tokens) for part in parts]

    def _of(self, numbers: list[int]) -> list[Sequence]:
        return [self._sequences[number] for number in numbers]


def _sequence(new: NewSequence) -> Sequence:
    """As much of one as computing goes by."""
    tokens = new.prompt_tokens
    return Sequence(
        request=Request(str(new.number), tokens, WireSampling(max_tokens=1), tenant=new.tenant),
        cache_key=CacheKey(new.tenant),
        rng=RequestRng(0),
        logits_processor=None,
        stop_ids=frozenset(),
        max_output_tokens=1,
        times=SequenceTimes(queued=0.0),
        num_prefill_tokens=new.num_prefill_tokens,
        output_tokens=[],
        credit=0,
    )


def _nothing() -> SampledTokens:
    raise RuntimeError("this rank samples nothing")
