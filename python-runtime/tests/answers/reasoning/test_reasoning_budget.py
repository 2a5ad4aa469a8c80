"""Thoughts are free and limited; what follows them is held to a grammar."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from llguidance import LLMatcher
from tokenizers import AddedToken
from tokenizers import Tokenizer as Backend

from mlx_runtime.answers.reasoning.markers import ThinkingMarkers
from mlx_runtime.answers.reasoning.reasoning_budget import ReasoningBudget, Thinking
from mlx_runtime.grammar.constraint import Constraint, bitmask_words
from mlx_runtime.grammar.matching import compile_matcher
from mlx_runtime.grammar.vocabulary import VocabularySource, build_tokens
from mlx_runtime.text.tokenizer import Tokenizer

EOS = 2
MARKERS = ThinkingMarkers("<think>", "</think>")
CHANNEL = ThinkingMarkers("<|channel>thought", "<channel|>")


class Bench:
    """A gate, and what it lets through."""

    def __init__(self, backend: Backend, markers: ThinkingMarkers) -> None:
        self._backend = backend
        self.markers = markers
        self._size = backend.get_vocab_size()
        self._tokens = build_tokens(VocabularySource(backend.to_str(), self._size, (EOS,)))

    def ids(self, text: str) -> list[int]:
        return self._backend.encode(text, add_special_tokens=False).ids

    def start(
        self, pattern: str | None, *, opened: bool = False, budget: int | None = None
    ) -> ReasoningBudget:
        start = self.ids(self.markers.start)
        is_own = len(start) == 1 or self.markers is CHANNEL
        thinking = Thinking(
            self.markers, start if is_own else (), self.ids(self.markers.end), {EOS}
        )
        grammar = None if pattern is None else LLMatcher.grammar_from_regex(pattern)
        return self._gate(thinking, grammar, opened=opened, budget=budget)

    def gate(self, grammar: str, start: Sequence[int]) -> ReasoningBudget:
        """Of markers that begin with a token of their own."""
        thinking = Thinking(self.markers, start, self.ids(self.markers.end), {EOS})
        return self._gate(thinking, grammar, opened=False, budget=None)

    def _gate(
        self, thinking: Thinking, grammar: str | None, *, opened: bool, budget: int | None
    ) -> ReasoningBudget:
        detokenizer = Tokenizer(self._backend, {"type": "ByteLevel"}, None).detokenizer(())
        gate = ReasoningBudget(thinking, detokenizer, opened=opened, budget=budget)
        if grammar is not None:
            matcher, fault = compile_matcher(self._tokens, grammar)
            assert fault is None
            gate.then(Constraint(matcher))
        return gate

    def allowed(self, gate: ReasoningBudget) -> set[int]:
        words = np.zeros(bitmask_words(self._size), dtype=np.uint32)
        gate.write_mask(words)
        bits = np.unpackbits(words.view(np.uint8), count=self._size, bitorder="little")
        return set(np.flatnonzero(bits).tolist())

    def follow(self, gate: ReasoningBudget, tokens: Sequence[int]) -> None:
        """As a row does: nothing is chosen that is not allowed."""
        for token in tokens:
            assert token in self.allowed(gate)
            gate.advance(token)
            assert gate.fault is None

    def forced(self, gate: ReasoningBudget) -> int:
        (token,) = self.allowed(gate)
        gate.advance(token)
        return token


@pytest.fixture(scope="module", params=["one token", "several tokens", "a token and a word"])
def bench(request: pytest.FixtureRequest, model_directory: Path) -> Bench:
    backend = Backend.from_file(str(model_directory / "tokenizer.json"))
    if request.param == "a token and a word":
        return channels(backend)
    if request.param == "one token":
        backend.add_tokens([AddedToken(text) for text in (MARKERS.start, MARKERS.end)])
    return Bench(backend, MARKERS)


def channels(backend: Backend) -> Bench:
    backend.add_special_tokens(["<|channel>", "<channel|>"])
    return Bench(backend, CHANNEL)


def test_the_grammar_begins_where_the_thoughts_end(bench: Bench) -> None:
    gate = bench.start("[0-9]+", opened=True)

    bench.follow(gate, bench.ids(f"Let me see. Is it 7?{bench.markers.end}"))

    assert not set(bench.ids("no")) & bench.allowed(gate)
    bench.follow(gate, [*bench.ids("42"), EOS])


def test_thoughts_cannot_end_the_answer_that_a_grammar_wants(bench: Bench) -> None:
    gate = bench.start("[0-9]+", opened=True)

    assert EOS not in bench.allowed(gate)
    assert EOS in bench.allowed(bench.start(None, opened=True))


def test_a_model_may_answer_at_once(bench: Bench) -> None:
    gate = bench.start("[0-9]+")

    bench.follow(gate, bench.ids("42"))

    assert bench.ids(bench.markers.start)[0] not in bench.allowed(gate)
    assert EOS in bench.allowed(gate)


@pytest.mark.parametrize("pattern", [None, "[0-9]+"])
@pytest.mark.parametrize("budget", [0, 3])
def test_the_end_is_written_when_the_budget_is_used_up(
    bench: Bench, budget: int, pattern: str | None
) -> None:
    gate = bench.start(pattern, opened=True, budget=budget)
    bench.follow(gate, bench.ids("a b c d e f")[:budget])

    end = bench.ids(bench.markers.end)
    assert [bench.forced(gate) for _ in end] == end

    bench.follow(gate, [*bench.ids("42"), EOS][: None if pattern is None else 3])


def test_thoughts_that_end_in_time_are_left_alone(bench: Bench) -> None:
    gate = bench.start("[0-9]+", opened=True, budget=50)

    bench.follow(gate, bench.ids(f"Easy.{bench.markers.end}42"))


def test_the_budget_counts_from_where_the_model_begins_to_think(bench: Bench) -> None:
    gate = bench.start(None, budget=2)
    said = "Well. " if bench.markers is CHANNEL else "\n"
    bench.follow(gate, bench.ids(f"{said}{bench.markers.start}"))
    bench.follow(gate, bench.ids("one two"))

    assert bench.forced(gate) == bench.ids(bench.markers.end)[0]
    assert not gate.is_complete


@pytest.mark.parametrize("budget", [0, 2])
@pytest.mark.parametrize("bench", ["one token", "several tokens"], indirect=True)
def test_a_marker_that_an_answer_quotes_begins_no_thoughts(bench: Bench, budget: int) -> None:
    gate = bench.start(None, budget=budget)
    bench.follow(gate, bench.ids(f"Write {bench.markers.start} one two three four"))

    assert len(bench.allowed(gate)) > len(bench.ids(bench.markers.end))
    assert EOS in bench.allowed(gate)


def test_thoughts_are_not_foreseen_and_answers_are(bench: Bench) -> None:
    gate = bench.start("[0-9]+", opened=True)
    assert gate.accepted(bench.ids("42")) == 0
    bench.follow(gate, bench.ids(f"Yes.{bench.markers.end}"))

    assert gate.accepted(bench.ids("42x")) == 2
    bench.follow(gate, bench.ids("4"))
    gate.rollback(1)
    assert EOS not in bench.allowed(gate)


def test_thoughts_that_begin_with_a_token_of_their_own_come_before_the_grammar(
    model_directory: Path,
) -> None:
    bench = channels(Backend.from_file(str(model_directory / "tokenizer.json")))
    gate = bench.start("[0-9]+")
    opening, *word = bench.ids(CHANNEL.start)
    bench.follow(gate, [opening])

    assert [bench.forced(gate) for _ in word] == word
    bench.follow(gate, bench.ids(f"Is it 7?{CHANNEL.end}42"))


def test_what_begins_like_thoughts_may_be_an_answer_where_the_grammar_allows_it(
    model_directory: Path,
) -> None:
    backend = Backend.from_file(str(model_directory / "tokenizer.json"))
    word = ThinkingMarkers("<|open|>think<|sep|>", "<|close|>think<|sep|>")
    backend.add_special_tokens(["<|open|>", "<|close|>", "<|sep|>"])
    bench = Bench(backend, word)
    opening = bench.ids("<|open|>")[0]
    grammar = LLMatcher.grammar_from_lark(
        f'start: <[{opening}]> ("think" | "tools") <[{bench.ids("<|sep|>")[0]}]> /[0-9]+/'
    )

    answering = bench.gate(grammar, bench.ids(word.start))
    bench.follow(answering, bench.ids("<|open|>tools<|sep|>42"))
    assert opening not in bench.allowed(answering)

    thinking = bench.gate(grammar, bench.ids(word.start))
    bench.follow(thinking, bench.ids(f"{word.start}Hm.{word.end}<|open|>tools<|sep|>42"))
