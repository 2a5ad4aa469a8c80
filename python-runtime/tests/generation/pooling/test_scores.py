"""Scores and judgements of texts, against numpy over mlx-lm's own passes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlx_runtime.generation import Generator
from mlx_runtime.pooling import RerankTexts, ScoreTexts

from ..models import tiny_model
from ..serving import make_generator, random_prompt
from .support import TEXTS, assert_close, begin, log_softmax, read

SOME_FAMILIES = ("llama", "gemma3_text", "qwen3_next")


@pytest.mark.parametrize("family", SOME_FAMILIES)
def test_scores_are_the_model_s_log_probabilities(family: str) -> None:
    model = tiny_model(family)

    scored = read(make_generator(model), ScoreTexts(TEXTS, top_logprobs=3))

    for text, score in zip(TEXTS, scored.texts, strict=True):
        reference = log_softmax(model, text)
        expected = reference[np.arange(len(text) - 1), text[1:]]
        assert_close(score.logprobs, expected, tolerance=2e-3)
        assert len(score.top) == len(text) - 1
        for position, top in enumerate(score.top):
            best = np.sort(reference[position])[::-1][:3]
            assert_close([entry.logprob for entry in top], best, tolerance=2e-3)


def test_alternatives_come_only_when_asked_for(generator: Generator) -> None:
    assert read(generator, ScoreTexts(TEXTS[:1])).texts[0].top == []


def test_a_long_text_is_scored_in_passes_of_bounded_size(
    llama: Any, generator: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlx_runtime.generation.pooling.scoring._MOST_LOGIT_BYTES", 1)
    text = random_prompt(500, 1)
    outcome = begin(generator, ScoreTexts([text]))
    passes = 0
    while generator.has_work():
        generator.step()
        passes += 1

    assert passes >= 500 // 16
    expected = log_softmax(llama, text)[np.arange(499), text[1:]]
    assert_close(outcome.result.texts[0].logprobs, expected)


@pytest.mark.parametrize("family", SOME_FAMILIES)
def test_judgements_are_the_share_of_two_tokens(family: str) -> None:
    model = tiny_model(family)
    beginning = random_prompt(50, 77)
    texts = [[*beginning, *text] for text in TEXTS]

    judged = read(make_generator(model), RerankTexts(texts, yes=7, no=9))

    for text, score in zip(texts, judged.scores, strict=True):
        yes, no = np.exp(log_softmax(model, text)[-1, [7, 9]])
        assert_close(score, yes / (yes + no), tolerance=2e-3)


@pytest.mark.parametrize("family", SOME_FAMILIES)
def test_texts_of_one_and_of_two_tokens_are_judged_together(family: str) -> None:
    model = tiny_model(family)
    texts = [[11], [12, 13], [14]]

    judged = read(make_generator(model), RerankTexts(texts, yes=7, no=9))

    for text, score in zip(texts, judged.scores, strict=True):
        yes, no = np.exp(log_softmax(model, text)[-1, [7, 9]])
        assert_close(score, yes / (yes + no), tolerance=2e-3)


def test_what_texts_begin_with_in_common_is_read_once(generator: Generator) -> None:
    beginning = random_prompt(200, 77)
    texts = [[*beginning, *random_prompt(10, seed)] for seed in range(20)]

    judged = read(generator, RerankTexts(texts, yes=7, no=9))

    assert judged.shared_tokens == 200
    assert generator.stats().counters.prefilled_tokens == 200 + 20 * 10


def test_equal_texts_are_judged_alike(generator: Generator) -> None:
    texts = [random_prompt(30, 5)] * 3

    judged = read(generator, RerankTexts(texts, yes=1, no=2))

    assert_close(judged.scores, judged.scores[0])
