"""Properties of the scheduler under any order of events; no MLX involved."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from imports import imported_by
from mlx_runtime.generation.scheduling.scheduler import QueueFull, Scheduler
from mlx_runtime.generation.sequence import Phase, Sequence, make_sequence
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireSampling

MAX_ROWS = 3
MAX_QUEUED = 6


def waiting(
    name: str,
    tokens: int,
    credit: int,
    *,
    priority: int = 0,
    tenant: str = "",
    deadline: float | None = None,
) -> Sequence:
    """A sequence with so many tokens to prefill."""
    request = Request(
        name,
        [1] * (tokens + 1),
        WireSampling(max_tokens=100),
        priority=priority,
        tenant=tenant,
        queue_deadline=deadline,
        credit=credit,
    )
    return make_sequence(request, (), 10_000)


class SchedulerMachine(RuleBasedStateMachine):
    """Submits, cancels, pauses and steps in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.scheduler = Scheduler(MAX_ROWS, MAX_QUEUED)
        self.live: dict[str, Sequence] = {}
        self.ended: set[str] = set()
        self.remaining: dict[str, int] = {}
        self.submitted = 0

    @rule(
        unread=st.integers(0, 40),
        tokens=st.integers(1, 5),
        credit=st.integers(1, 4),
        priority=st.integers(-2, 2),
        tenant=st.sampled_from("ab"),
    )
    def submit(self, unread: int, tokens: int, credit: int, priority: int, tenant: str) -> None:
        name = str(self.submitted)
        sequence = waiting(name, unread, credit, priority=priority, tenant=tenant)
        if self.scheduler.count(Phase.QUEUED) == MAX_QUEUED:
            with pytest.raises(QueueFull):
                self.scheduler.submit(sequence)
            return
        self.scheduler.submit(sequence)
        self.submitted += 1
        self.live[name] = sequence
        self.remaining[name] = tokens

    @precondition(lambda self: bool(self.live))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.end(data.draw(st.sampled_from(sorted(self.live))))

    @precondition(lambda self: bool(self.live))
    @rule(data=st.data(), tokens=st.integers(1, 3))
    def grant(self, data: st.DataObject, tokens: int) -> None:
        self.scheduler.add_credit(data.draw(st.sampled_from(sorted(self.live))), tokens)

    @rule(limit=st.integers(1, MAX_ROWS))
    def change_the_sequence_limit(self, limit: int) -> None:
        self.scheduler.sequence_limit = limit

    @rule(budget=st.integers(1, 30))
    def step(self, budget: int) -> None:
        for sequence in self.scheduler.in_phase(Phase.DECODING):
            if sequence.credit <= 0:
                self.scheduler.pause(sequence)
        before = self.scheduler.slots_in_use
        admitted = self.scheduler.admit(lambda _: True)
        assert before + len(admitted) <= max(before, self.scheduler.sequence_limit)
        chunks = self.scheduler.plan_prefill(budget, 12)
        if chunks:
            longest = max(chunk.tokens for chunk in chunks)
            assert longest <= 12
            assert len(chunks) * longest <= budget
        self.scheduler.prefilled(chunks)
        for sequence in self.scheduler.in_phase(Phase.DECODING):
            if sequence.credit > 0:
                self.scheduler.spend(sequence)
                self.remaining[sequence.stream_id] -= 1
                if self.remaining[sequence.stream_id] == 0:
                    self.end(sequence.stream_id)

    def end(self, name: str) -> None:
        assert name not in self.ended
        self.scheduler.remove(name)
        self.ended.add(name)
        del self.live[name]

    @invariant()
    def nothing_is_lost_and_limits_hold(self) -> None:
        phases = {phase: self.scheduler.in_phase(phase) for phase in Phase}
        assert sum(len(sequences) for sequences in phases.values()) == len(self.live)
        for phase, sequences in phases.items():
            assert self.scheduler.count(phase) == len(sequences)
        assert self.scheduler.slots_in_use <= MAX_ROWS
        assert self.scheduler.count(Phase.QUEUED) <= MAX_QUEUED

    def teardown(self) -> None:
        """Given credit and steps, everything that is left comes to its end."""
        self.scheduler.sequence_limit = MAX_ROWS
        for name in self.live:
            self.scheduler.add_credit(name, 100)
        for _ in range(2000):
            if not self.live:
                break
            self.step(7)
        assert not self.live
        assert len(self.scheduler) == 0


TestSchedulerMachine = SchedulerMachine.TestCase
TestSchedulerMachine.settings = settings(max_examples=60, stateful_step_count=40)


def admit_all(scheduler: Scheduler, rounds: int) -> list[str]:
    """Admits one at a time, ending each at once."""
    order: list[str] = []
    for _ in range(rounds):
        for sequence in scheduler.admit(lambda _: True):
            order.append(sequence.stream_id)
            scheduler.prefilled(scheduler.plan_prefill(1000, 1000))
            scheduler.remove(sequence.stream_id)
    return order


def test_higher_priority_is_admitted_first_and_equals_in_order_of_arrival() -> None:
    scheduler = Scheduler(1, 10)
    for name, priority in [("a", 0), ("b", 5), ("c", 0), ("d", 5)]:
        scheduler.submit(waiting(name, 1, 1, priority=priority))
    assert admit_all(scheduler, 4) == ["b", "d", "a", "c"]


def test_a_low_priority_request_is_not_starved() -> None:
    scheduler = Scheduler(1, 1000)
    scheduler.submit(waiting("patient", 1, 1, priority=0))
    order: list[str] = []
    for index in range(400):
        scheduler.submit(waiting(str(index), 1, 1, priority=10))
        order += admit_all(scheduler, 1)
        if "patient" in order:
            break
    assert "patient" in order


def test_tenants_share_evenly_however_many_requests_one_of_them_sends() -> None:
    scheduler = Scheduler(1, 100)
    for index in range(20):
        scheduler.submit(waiting(f"greedy-{index}", 10, 1, tenant="greedy"))
    for index in range(5):
        scheduler.submit(waiting(f"modest-{index}", 10, 1, tenant="modest"))
    order = admit_all(scheduler, 10)
    assert sum(name.startswith("modest") for name in order) == 5


def test_a_request_that_does_not_fit_holds_the_queue_for_its_turn() -> None:
    scheduler = Scheduler(4, 10)
    for name in ("big", "small"):
        scheduler.submit(waiting(name, 1, 1))
    assert scheduler.admit(lambda sequence: sequence.stream_id != "big") == []
    assert [sequence.stream_id for sequence in scheduler.admit(lambda _: True)] == ["big", "small"]


def test_short_prompts_and_a_long_one_take_turns() -> None:
    scheduler = Scheduler(8, 10)
    scheduler.submit(waiting("long", 1000, 1))
    for index in range(3):
        scheduler.submit(waiting(f"short-{index}", 40, 1))
    scheduler.admit(lambda _: True)
    turns: list[set[str]] = []
    for _ in range(6):
        chunks = scheduler.plan_prefill(50, 50)
        scheduler.prefilled(chunks)
        turns.append({chunk.sequence.stream_id[:5] for chunk in chunks})
    assert turns == [{"short"}, {"long"}] * 3


def test_only_queued_requests_expire() -> None:
    scheduler = Scheduler(1, 10)
    for name in ("running", "late"):
        scheduler.submit(waiting(name, 1, 1, deadline=5.0))
    scheduler.admit(lambda _: True)
    assert scheduler.expire(4.9) == []
    assert [sequence.stream_id for sequence in scheduler.expire(5.0)] == ["late"]


@given(st.permutations(range(6)))
def test_ends_in_any_order_leave_nothing_behind(order: list[int]) -> None:
    scheduler = Scheduler(3, 10)
    for index in range(6):
        scheduler.submit(waiting(str(index), index, 1))
    scheduler.admit(lambda _: True)
    for index in order:
        scheduler.remove(str(index))
        scheduler.remove(str(index))
    assert len(scheduler) == 0
    assert all(scheduler.count(phase) == 0 for phase in Phase)


def test_the_scheduler_works_without_mlx() -> None:
    modules = imported_by("mlx_runtime.generation.scheduling.scheduler")
    assert "mlx_runtime.generation.sequence" in modules
    assert not {name for name in modules if name.split(".")[0] in ("mlx", "mlx_lm")}
