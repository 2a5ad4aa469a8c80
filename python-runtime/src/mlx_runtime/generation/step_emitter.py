"""The one place that reads what passes computed and tells whom it concerns."""

from __future__ import annotations

import time
from collections import abc
from collections.abc import Callable

from .parts import Parts
from .sequence import Sequence
from .spec_decode.verify import emit_accepted
from .steps import DecodeStep, PoolingStep, PrefillStep, Step


class StepEmitter:
    def __init__(self, parts: Parts, add: Callable[[abc.Sequence[Sequence]], None]) -> None:
        """`add` is given sequences that may go on: prefilled, or no longer waiting for others."""
        self._parts = parts
        self._add = add

    def start(self, step: Step) -> None:
        """Notes a pass that was started, and what is in flight with it."""
        self._parts.times.start(step)
        match step:
            case DecodeStep():
                self._parts.outputs.counters.decode_steps += 1
                for index, sequence in enumerate(step.sequences):
                    sequence.num_in_flight += 1 + (len(step.drafts[index]) if step.drafts else 0)
            case PrefillStep():
                for chunk in step.chunks:
                    chunk.sequence.num_in_flight += chunk.tokens
            case PoolingStep():
                pass

    def emit(self, step: Step) -> None:
        """Waits for a pass and emits what it computed for those that still want it."""
        match step:
            case DecodeStep():
                self._emit_decode(step)
            case PrefillStep():
                self._emit_prefill(step)
            case PoolingStep():
                self._emit_pooling(step)

    def _emit_decode(self, step: DecodeStep) -> None:
        sampled = step.wait()
        seconds = self._parts.times.end_decode(step)
        self._parts.runner.observe(step, seconds)
        tokens = emit_accepted(self._parts.outputs, sampled, step)
        self._parts.proposer.observe(step, tokens)
        if step.drafts:
            self._parts.runner.roll_back(step)

    def _emit_prefill(self, step: PrefillStep) -> None:
        step.wait()
        tokens = sum(chunk.tokens for chunk in step.chunks)
        seconds = self._parts.times.end()
        ended = time.monotonic()
        if step.beside_decode:
            seconds = time.perf_counter() - step.started
        else:
            if not step.encoded_images:
                self._parts.token_budget.observe_prefill(tokens, seconds)
            self._parts.times.interrupt()
        self._parts.outputs.counters.prefilled_tokens += tokens
        for index, chunk in enumerate(step.chunks):
            sequence = chunk.sequence
            sequence.num_in_flight -= chunk.tokens
            sequence.times.prefilled(ended - seconds, ended, chunk.tokens)
            if sequence.ended:
                # Whoever asks again, or waited for it, goes on from here.
                sequence.num_computed_tokens += chunk.tokens
                self._parts.prefix_cache.insert(sequence, step.kv_of(index))
                self._add(self._parts.prefix_cache.leave(sequence))
                continue
            self._parts.scheduler.prefilled([chunk])
            self._parts.outputs.report_progress(sequence)
            self._add(self._parts.prefix_cache.on_prefilled(sequence, step.kv_of(index)))
        self._add([chunk.sequence for chunk in step.chunks])

    def _emit_pooling(self, step: PoolingStep) -> None:
        done = self._parts.pooler.settle(step.plan, step.wait)
        seconds = self._parts.times.end()
        self._parts.times.interrupt()
        if done:
            self._parts.token_budget.observe_pooling(step.plan.kind, step.plan.tokens, seconds)
            self._parts.outputs.counters.prefilled_tokens += step.plan.tokens
