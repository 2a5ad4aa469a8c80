"""Which models can draft for which."""

from __future__ import annotations

from dataclasses import replace

from mlx_runtime.model.draft_fit import DraftSide, fit_of

VOCABULARY = {f"t{id}": id for id in range(1000)}
TARGET = DraftSide(VOCABULARY, 1_000_000, 4096, rewinds=True, has_lm_head=True)
DRAFT = replace(TARGET, parameter_count=1000)


def test_a_smaller_model_with_the_same_vocabulary_fits() -> None:
    fit = fit_of(TARGET, DRAFT)
    assert (fit.errors, fit.warnings) == ((), ())


def test_a_token_with_another_id_is_an_error_that_names_it() -> None:
    fit = fit_of(TARGET, replace(DRAFT, vocabulary={**VOCABULARY, "t7": 8, "t8": 7}))
    (error,) = fit.errors
    assert "2 of 1000 tokens have other ids" in error
    assert "'t7'" in error


def test_a_few_tokens_more_or_less_are_no_hindrance() -> None:
    more = {**VOCABULARY, "<tool>": 1000}
    assert fit_of(TARGET, replace(DRAFT, vocabulary=more)).errors == ()
    fit = fit_of(replace(TARGET, vocabulary=more), DRAFT)
    assert fit.errors == ()
    assert "lacks 1 tokens" in fit.warnings[0]


def test_another_vocabulary_is_an_error() -> None:
    half = {token: id for token, id in VOCABULARY.items() if id < 500}
    (error,) = fit_of(TARGET, replace(DRAFT, vocabulary=half)).errors
    assert "lacks 500 of 1000" in error


def test_caches_that_cannot_rewind_and_a_missing_head_are_errors() -> None:
    sliding = replace(DRAFT, rewinds=False)
    assert "draft model's cache" in fit_of(TARGET, sliding).errors[0]
    assert "primary model's cache" in fit_of(replace(TARGET, rewinds=False), DRAFT).errors[0]
    assert "no head" in fit_of(TARGET, replace(DRAFT, has_lm_head=False)).errors[0]


def test_a_draft_model_that_is_large_or_short_is_warned_of() -> None:
    fit = fit_of(TARGET, replace(TARGET, context_length=512))
    assert fit.errors == ()
    assert "not smaller" in fit.warnings[0]
    assert "beyond 512 tokens" in fit.warnings[1]
