"""What runs next: who is admitted, who decodes, what is drafted, and what is prefilled."""

from __future__ import annotations

import time
from collections import abc

from .parts import Parts
from .pooling.job import PoolingPlan
from .scheduling.scheduler import Chunk
from .scheduling.sizes import power_of_two_below
from .sequence import Phase, Sequence
from .steps import (
    DecodePlan,
    DecodeStep,
    Drafts,
    PrefillPlan,
    PrefillStep,
    Step,
    StepPlan,
    is_beside,
)


class Planner:
    def __init__(self, parts: Parts, prefill_step_size: int, *, prefills_together: bool) -> None:
        """`prefill_step_size`: most tokens of one prompt in one pass.
        `prefills_together`: a pass may be of several prompts.
        """
        self._runner = parts.runner
        self._scheduler = parts.scheduler
        self._admission = parts.admission
        self._prefix_cache = parts.prefix_cache
        self._proposer = parts.proposer
        self._pooler = parts.pooler
        self._token_budget = parts.token_budget
        self._times = parts.times
        self._prefill_step_size = prefill_step_size
        self._most_prompts = None if prefills_together else 1
        self._joining: list[Sequence] = []
        parts.outputs.on_end = self.forget
        self._decoded_last = False
        self._asked: tuple[DecodeStep, bool] | None = None
        """The last step in flight of which it was asked whether drafts follow, and the answer."""
        self.has_ended = False
        """True while the decode batch may have sequences that ended."""
        self._ended: list[Sequence] = []
        """Those of which nothing is kept yet."""

    def add(self, sequences: abc.Sequence[Sequence]) -> None:
        """The one way into the decode batch: lets in those whose prompts are computed."""
        self._joining += [each for each in sequences if each.num_unprefilled_tokens == 0]

    def forget(self, sequence: Sequence) -> None:
        """Lets a sequence go that ended, and on with those that waited for it."""
        self.has_ended = True
        self._ended.append(sequence)
        prefills = sequence.phase is Phase.PREFILLING
        in_pass = prefills and sequence.num_in_flight > 0
        if prefills and not in_pass:
            # Whoever asks again goes on from here.
            self._prefix_cache.insert(sequence, self._runner.kv_of(sequence))
        self._runner.forget(sequence)
        self._proposer.forget(sequence)
        if not in_pass:
            self.add(self._prefix_cache.leave(sequence))

    def runs_ahead(self, in_flight: abc.Collection[Step]) -> bool:
        """True when the next step can be planned before the one in flight is read.

        A decode step and a pass over prompts depend on nothing that the other computes.
        """
        passes = [step for step in in_flight if not is_beside(step)]
        if len(passes) != 1:
            return False
        (step,) = passes
        if not isinstance(step, DecodeStep):
            return not self._runner.launching_blocks and bool(self._runner.running)
        if not self._runner.launching_blocks and self.owes_a_pass:
            return True
        return self._decodes_behind(step)

    def _decodes_behind(self, step: DecodeStep) -> bool:
        """True when the next decode step can start before this one is read."""
        if not step.overlaps:
            return False
        if self._runner.launching_blocks:
            if self._passes_wait:
                # Its tokens would wait until prompts beside the next one are computed.
                return False
            if any(map(_is_at_its_limit, step.sequences)):
                # Their last tokens would wait until what they leave behind is copied.
                return False
        # Drafts need its tokens. Asked twice of a step, with nothing new in between.
        if self._asked is None or self._asked[0] is not step:
            self._asked = step, self._proposer.would_draft(step.sequences)
        return not self._asked[1]

    def keeps_in_flight(self, step: Step) -> bool:
        """True when a step that was just started need not be read before the next is planned."""
        if is_beside(step):
            # Where launching blocks the tokens of the decode step are there too.
            return not self._runner.launching_blocks
        if not isinstance(step, DecodeStep) or not self._runner.launching_blocks:
            return True
        # What was computed meanwhile would be told of only behind the next pass.
        awaited = any(not sequence.output_tokens for sequence in step.sequences)
        return step.overlaps and not awaited and not self._passes_wait

    def schedule(self, in_flight: abc.Sequence[Step]) -> StepPlan | None:
        """Plans the next pass, if there is one; `in_flight`: of one pass at most, not read yet.

        A decode step has parts of prompts beside it where that can be. Where a step can start
        before the one in flight is read, every other one has, as how a prompt goes on is known
        once its part is there. Otherwise decode steps take turns with other passes: tokens are
        read while a prompt is prefilled, and a GPU has work while the host prepares the next pass.
        """
        self._keep_ended()
        self.add(self._prefix_cache.poll_lookups())
        self._scheduler.sequence_limit = self._token_budget.sequence_limit
        self.add(self._admission.admit())
        if self._runner.encodes_images_ahead:
            waiting = self._scheduler.in_phase(Phase.PREFILLING)
            self._runner.encode_images_ahead(waiting, self._prefill_step_size)
        before = in_flight[0] if in_flight else None
        if self.owes_a_pass and (before is None or not self._runner.launching_blocks):
            plan = self._plan_beside_next(before) or self._plan_pass()
            if plan is not None:
                self._decoded_last = False
                return plan
        drafts = self._plan_decode(before)
        if drafts is None:
            self._decoded_last = False
            return self._plan_pass() if before is None else None
        measured = self._times.step_is_due and not drafts
        apart = drafts or measured or _has_prompts(in_flight)
        beside = () if apart else self._plan_beside()
        self._decoded_last = not beside and not measured
        return DecodePlan(drafts, beside)

    @property
    def owes_a_pass(self) -> bool:
        """True when it is the turn of another pass than a decode step."""
        return self._decoded_last and self._passes_wait

    @property
    def _passes_wait(self) -> bool:
        return self._scheduler.count(Phase.PREFILLING) > 0 or self._pooler.has_work

    def _plan_decode(self, before: Step | None) -> Drafts | None:
        decodes = isinstance(before, DecodeStep)
        if decodes and not self._decodes_behind(before):
            return None
        self._change_batch()
        running = self._runner.running
        if not running:
            self._times.interrupt()
            return None
        if self._proposer.model is not None:
            # It reckons with its own time.
            self._times.interrupt()
        return () if decodes else self._proposer.draft(running)

    def _keep_ended(self) -> None:
        """Before any sequence is admitted: the next turn may be here already."""
        ended = set(self._ended)
        for sequence in self._runner.running if ended else ():
            if sequence in ended:
                self._prefix_cache.insert(sequence, self._runner.kv_of(sequence))
        self._ended.clear()

    def _change_batch(self) -> None:
        """Takes out sequences that ended or ran out of credit, then lets new ones in."""
        running = self._runner.running
        done = {each for each in running if each.ended or _is_at_its_limit(each)}
        paused = {
            each for each in running if each not in done and each.num_in_flight >= each.credit
        }
        for sequence in done:
            if not sequence.ended:
                # Before the next pass writes to the caches that this is copied from.
                self._prefix_cache.insert(sequence, self._runner.kv_of(sequence))
        self._runner.leave(done | paused, paused)
        for sequence in paused:
            self._scheduler.pause(sequence)
        joining = [sequence for sequence in self._joining if not sequence.ended]
        self._joining.clear()
        for sequence in joining:
            sequence.times.decoding = sequence.times.decoding or time.monotonic()
        self._proposer.add(joining)
        self._runner.join(joining)
        self._runner.leave({each for each in self._runner.running if each.ended})
        self._proposer.retain(self._runner.running)
        self.has_ended = False

    def _plan_beside_next(self, before: Step | None) -> DecodePlan | None:
        """The decode step behind the one in flight, with prompt tokens in its pass; None: they
        are to have one of their own."""
        behind = isinstance(before, DecodeStep) and self._runner.prefills_beside
        if not behind or self._plan_decode(before) is None:
            return None
        beside = self._plan_beside()
        return DecodePlan((), beside) if beside else None

    def _plan_beside(self) -> abc.Sequence[Chunk]:
        """Prompt tokens for the pass of the decode step."""
        waiting = self._scheduler.count(Phase.PREFILLING)
        if not self._runner.prefills_beside or not waiting or self._pooler.has_work:
            return ()
        running = len(self._runner.running)
        budget = self._times.beside_budget(running, waiting)
        if budget and not self._runner.launching_blocks:
            budget = max(0, power_of_two_below(running + budget) - running)
        if not budget:
            return ()
        chunks = self._scheduler.plan_prefill(budget, self._prefill_step_size)
        return self._times.cut_to(budget, chunks)

    def _plan_pass(self) -> PrefillPlan | PoolingPlan | None:
        running = len(self._runner.running)
        waiting = self._scheduler.count(Phase.PREFILLING)
        pooling = self._pooler.plan(running, prompts_wait=waiting > 0)
        if pooling is not None:
            return pooling
        budget = self._token_budget.prefill_budget(running, waiting)
        if running and not self._runner.launching_blocks:
            budget = power_of_two_below(budget)
        chunks = self._scheduler.plan_prefill(budget, self._prefill_step_size)
        return PrefillPlan(chunks[: self._most_prompts]) if chunks else None


def _has_prompts(in_flight: abc.Iterable[Step]) -> bool:
    """True while parts of prompts are computed: what comes next of those is not known."""
    return any(isinstance(step, PrefillStep) for step in in_flight)


def _is_at_its_limit(sequence: Sequence) -> bool:
    """True when its last token is sampled already, or is being sampled."""
    return sequence.num_sampled_tokens >= sequence.max_output_tokens
