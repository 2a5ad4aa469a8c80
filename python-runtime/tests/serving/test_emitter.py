"""From steps to frames: one frame a step, JSON that any reader accepts."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from tokenizers import Tokenizer as Backend
from tokenizers import decoders, models

from mlx_runtime.requests import (
    Failure,
    Finish,
    FinishReason,
    PrefillProgress,
    PromptUse,
    StepOutput,
    TopLogprob,
    Usage,
)
from mlx_runtime.serving.emitter import Emitter
from mlx_runtime.serving.output_text import PlainText
from mlx_runtime.serving.prediction import Prediction
from mlx_runtime.serving.streams import StreamTable
from mlx_runtime.text.tokenizer import Tokenizer

USAGE = Usage(5, 3, 4, 0.5, 1.5, 2.5)


def tokenizer() -> Tokenizer:
    """Ids 0 to 25 are the letters."""
    letters = {chr(ord("a") + id): id for id in range(26)}
    backend = Backend(models.BPE(letters, []))
    backend.decoder = decoders.ByteLevel()
    return Tokenizer(backend, {"type": "ByteLevel"}, None)


class Bench:
    """An emitter whose frames and finished rows are kept."""

    def __init__(self, **stops: list[str]) -> None:
        self.frames: list[dict[str, Any]] = []
        self.finished: list[str] = []
        self.streams = StreamTable()
        self._emitter = Emitter(
            self.streams,
            lambda line: self.frames.append(msgspec.json.decode(line)),
            self.finished.append,
        )
        for index, (name, texts) in enumerate(stops.items()):
            stream = self.streams.open(name, index)
            stream.tokenizer = tokenizer()
            stream.text = PlainText(stream.tokenizer.detokenizer(()), texts)

    def step(self, *results: StepOutput | PrefillProgress) -> list[dict[str, Any]]:
        self.frames.clear()
        self._emitter.post(list(results))
        self._emitter.stop()
        self._emitter.run()
        return [row for frame in self.frames for row in frame["params"].get("rows", [])]


def token(stream: str, letter: str, **fields: Any) -> StepOutput:
    return StepOutput(stream, ord(letter) - ord("a"), **fields)


def test_all_rows_of_a_step_share_one_frame() -> None:
    bench = Bench(one=[], two=[])

    rows = bench.step(token("one", "x"), token("two", "y"))

    assert len(bench.frames) == 1
    assert [(row["streamId"], row["text"], row["tokens"]) for row in rows] == [
        ("one", "x", [23]),
        ("two", "y", [24]),
    ]


def test_what_the_prompt_cost_comes_with_the_first_token() -> None:
    bench = Bench(one=[])

    (first,) = bench.step(token("one", "x", prompt=PromptUse(5, 3)))
    (second,) = bench.step(token("one", "y"))

    assert first["prompt"] == {"tokens": 5, "cachedTokens": 3}
    assert "prompt" not in second


def test_a_stop_text_ends_the_row_and_hides_what_ran_ahead() -> None:
    bench = Bench(one=["ab"])
    assert [row["text"] for row in bench.step(token("one", "x"))] == ["x"]
    assert [row["text"] for row in bench.step(token("one", "a"))] == [""]
    assert [row["text"] for row in bench.step(token("one", "b"))] == [""]
    assert bench.finished == ["one"]
    assert bench.step(token("one", "c")) == []

    (row,) = bench.step(StepOutput("one", None, finish=Finish("stop", USAGE)))

    assert (row["text"], row["tokens"]) == ("", [])
    assert row["finish"]["reason"] == "stop"
    assert row["finish"]["stopSequence"] == "ab"
    assert row["finish"]["usage"]["completionTokens"] == 3
    assert bench.streams.find("one") is None
    assert bench.step(StepOutput("one", None, finish=Finish("cancelled", USAGE))) == []


def test_a_stop_text_complete_with_the_last_token_wins_over_the_limit() -> None:
    bench = Bench(one=["ab"])
    bench.step(token("one", "a"))

    (row,) = bench.step(token("one", "b", finish=Finish("length", USAGE)))

    assert row["finish"]["reason"] == "stop"
    assert bench.finished == []


@pytest.mark.parametrize(
    ("reason", "expected"), [("length", "a"), ("stop", "a"), ("cancelled", ""), ("error", "")]
)
def test_held_text_comes_out_at_a_natural_end_only(reason: FinishReason, expected: str) -> None:
    bench = Bench(one=["ab"])
    bench.step(token("one", "a"))
    failure = Failure(-32002, "non_finite_logits", "broken") if reason == "error" else None

    (row,) = bench.step(StepOutput("one", None, finish=Finish(reason, USAGE, failure=failure)))

    assert row["text"] == expected
    assert ("error" in row["finish"]) == (reason == "error")


def test_probabilities_of_zero_are_numbers_in_json() -> None:
    bench = Bench(one=[])
    top = (TopLogprob(1, -math.inf), TopLogprob(2, math.nan))

    (row,) = bench.step(token("one", "a", logprob=-math.inf, top_logprobs=top))

    assert row["logprobs"] == [
        {
            "token": 0,
            "text": "a",
            "logprob": -9999.0,
            "top": [
                {"token": 1, "text": "b", "logprob": -9999.0},
                {"token": 2, "text": "c", "logprob": -9999.0},
            ],
        }
    ]


def test_prefill_progress_is_told_beside_the_rows() -> None:
    bench = Bench(one=[], two=[])

    bench.step(PrefillProgress("one", 512, 2048), token("two", "a"))

    assert [frame["method"] for frame in bench.frames] == ["progress", "tokens"]
    assert bench.frames[0]["params"] == {
        "phase": "prefill",
        "streamId": "one",
        "done": 512,
        "total": 2048,
        "unit": "tokens",
    }


def test_rows_of_unknown_streams_are_dropped() -> None:
    assert Bench().step(token("gone", "a")) == []


@pytest.mark.parametrize(("stops", "accepted"), [([], 3), (["b"], 2)])
def test_usage_tells_how_much_of_a_prediction_came_true_up_to_the_answer_s_end(
    stops: list[str], accepted: int
) -> None:
    bench = Bench(one=stops, two=[])
    stream = bench.streams.find("one")
    assert stream is not None
    stream.prediction = Prediction([0, 1, 2, 3])

    for letter in "abc":
        bench.step(token("one", letter))
    [row, other] = bench.step(
        *(StepOutput(id, None, finish=Finish("length", USAGE)) for id in ("one", "two"))
    )

    usage = row["finish"]["usage"]
    assert usage["acceptedPredictionTokens"] == accepted
    assert usage["rejectedPredictionTokens"] == 4 - accepted
    assert "acceptedPredictionTokens" not in other["finish"]["usage"]
