"""Properties of the scheduler under any order of events; no MLX involved."""

from __future__ import annotations

import sys
from subprocess import run

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mlx_runtime.generation.scheduling.scheduler import Phase, QueueFull, Scheduler, Ticket

MAX_ROWS = 3
MAX_QUEUED = 6


class SchedulerMachine(RuleBasedStateMachine):
    """Submits, cancels, pauses and steps in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.scheduler = Scheduler(MAX_ROWS, MAX_QUEUED)
        self.live: dict[str, Ticket] = {}
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
        ticket = Ticket(name, unread, credit, priority=priority, tenant=tenant)
        if self.scheduler.count(Phase.QUEUED) == MAX_QUEUED:
            with pytest.raises(QueueFull):
                self.scheduler.submit(ticket)
            return
        self.scheduler.submit(ticket)
        self.submitted += 1
        self.live[name] = ticket
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
    def change_the_row_limit(self, limit: int) -> None:
        self.scheduler.row_limit = limit

    @rule(budget=st.integers(1, 30))
    def step(self, budget: int) -> None:
        for ticket in self.scheduler.in_phase(Phase.DECODING):
            if ticket.credit <= 0:
                self.scheduler.pause(ticket)
        before = self.scheduler.slots_in_use
        admitted = self.scheduler.admit(lambda _: True)
        assert before + len(admitted) <= max(before, self.scheduler.row_limit)
        chunks = self.scheduler.plan_prefill(budget, 12)
        if chunks:
            longest = max(chunk.tokens for chunk in chunks)
            assert longest <= 12
            assert len(chunks) * longest <= budget
        self.scheduler.read(chunks)
        for ticket in self.scheduler.in_phase(Phase.DECODING):
            if ticket.credit > 0:
                self.scheduler.spend(ticket)
                self.remaining[ticket.stream_id] -= 1
                if self.remaining[ticket.stream_id] == 0:
                    self.end(ticket.stream_id)

    def end(self, name: str) -> None:
        assert name not in self.ended
        self.scheduler.remove(name)
        self.ended.add(name)
        del self.live[name]

    @invariant()
    def nothing_is_lost_and_limits_hold(self) -> None:
        phases = {phase: self.scheduler.in_phase(phase) for phase in Phase}
        assert sum(len(tickets) for tickets in phases.values()) == len(self.live)
        for phase, tickets in phases.items():
            assert self.scheduler.count(phase) == len(tickets)
        assert self.scheduler.slots_in_use <= MAX_ROWS
        assert self.scheduler.count(Phase.QUEUED) <= MAX_QUEUED

    def teardown(self) -> None:
        """Given credit and steps, everything that is left comes to its end."""
        self.scheduler.row_limit = MAX_ROWS
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
        for ticket in scheduler.admit(lambda _: True):
            order.append(ticket.stream_id)
            scheduler.read(scheduler.plan_prefill(1000, 1000))
            scheduler.remove(ticket.stream_id)
    return order


def test_higher_priority_is_admitted_first_and_equals_in_order_of_arrival() -> None:
    scheduler = Scheduler(1, 10)
    for name, priority in [("a", 0), ("b", 5), ("c", 0), ("d", 5)]:
        scheduler.submit(Ticket(name, 1, 1, priority=priority))
    assert admit_all(scheduler, 4) == ["b", "d", "a", "c"]


def test_a_low_priority_request_is_not_starved() -> None:
    scheduler = Scheduler(1, 1000)
    scheduler.submit(Ticket("patient", 1, 1, priority=0))
    order: list[str] = []
    for index in range(400):
        scheduler.submit(Ticket(str(index), 1, 1, priority=10))
        order += admit_all(scheduler, 1)
        if "patient" in order:
            break
    assert "patient" in order


def test_tenants_share_evenly_however_many_requests_one_of_them_sends() -> None:
    scheduler = Scheduler(1, 100)
    for index in range(20):
        scheduler.submit(Ticket(f"greedy-{index}", 10, 1, tenant="greedy"))
    for index in range(5):
        scheduler.submit(Ticket(f"modest-{index}", 10, 1, tenant="modest"))
    order = admit_all(scheduler, 10)
    assert sum(name.startswith("modest") for name in order) == 5


def test_a_request_that_does_not_fit_holds_the_queue_for_its_turn() -> None:
    scheduler = Scheduler(4, 10)
    for name in ("big", "small"):
        scheduler.submit(Ticket(name, 1, 1))
    assert scheduler.admit(lambda ticket: ticket.stream_id != "big") == []
    assert [ticket.stream_id for ticket in scheduler.admit(lambda _: True)] == ["big", "small"]


def test_short_prompts_and_a_long_one_take_turns() -> None:
    scheduler = Scheduler(8, 10)
    scheduler.submit(Ticket("long", 1000, 1))
    for index in range(3):
        scheduler.submit(Ticket(f"short-{index}", 40, 1))
    scheduler.admit(lambda _: True)
    turns: list[set[str]] = []
    for _ in range(6):
        chunks = scheduler.plan_prefill(50, 50)
        scheduler.read(chunks)
        turns.append({chunk.ticket.stream_id[:5] for chunk in chunks})
    assert turns == [{"short"}, {"long"}] * 3


def test_only_queued_requests_expire() -> None:
    scheduler = Scheduler(1, 10)
    for name in ("running", "late"):
        scheduler.submit(Ticket(name, 1, 1, deadline=5.0))
    scheduler.admit(lambda _: True)
    assert scheduler.expire(4.9) == []
    assert [ticket.stream_id for ticket in scheduler.expire(5.0)] == ["late"]


@given(st.permutations(range(6)))
def test_ends_in_any_order_leave_nothing_behind(order: list[int]) -> None:
    scheduler = Scheduler(3, 10)
    for index in range(6):
        scheduler.submit(Ticket(str(index), index, 1))
    scheduler.admit(lambda _: True)
    for index in order:
        scheduler.remove(str(index))
        scheduler.remove(str(index))
    assert len(scheduler) == 0
    assert all(scheduler.count(phase) == 0 for phase in Phase)


def test_the_scheduler_works_without_mlx() -> None:
    code = (
        "import importlib.util, sys\n"
        "spec = importlib.util.spec_from_file_location('scheduler', sys.argv[1])\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "sys.modules['scheduler'] = module\n"
        "spec.loader.exec_module(module)\n"
        "assert not any(name.split('.')[0] in ('mlx', 'mlx_lm') for name in sys.modules)\n"
    )
    path = sys.modules[Scheduler.__module__].__file__
    assert path is not None
    run([sys.executable, "-c", code, path], check=True)
