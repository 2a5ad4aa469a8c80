"""What a row's grammar allows, token by token."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mlx_runtime.grammar import Constraint, GrammarCompiler, InvalidGrammar, Vocabulary
from mlx_runtime.grammar.constraint import bitmask_words
from mlx_runtime.grammar.vocabulary import VocabularySource
from mlx_runtime.wire import (
    WireGrammarChoice,
    WireGrammarJsonSchema,
    WireGrammarLark,
    WireGrammarRegex,
)

from .vocabulary import byte_source, small_source

SOURCE = byte_source()
(END,) = SOURCE.eos_token_ids


@pytest.fixture(scope="module")
def compiler() -> GrammarCompiler:
    return GrammarCompiler(Vocabulary.of(SOURCE))


def allowed(constraint: Constraint, size: int = SOURCE.size) -> set[int]:
    words = np.zeros(bitmask_words(size), dtype=np.uint32)
    constraint.write_mask(words)
    bits = np.unpackbits(words.view(np.uint8), bitorder="little")
    return set(np.flatnonzero(bits).tolist())


def ids(compiler: GrammarCompiler, text: str) -> list[int]:
    return Vocabulary.of(SOURCE).tokens.tokenize_str(text)


def test_the_end_is_allowed_exactly_when_the_answer_is_whole(compiler: GrammarCompiler) -> None:
    constraint = compiler.constraint(WireGrammarChoice(choices=("ab", "abc")))
    a, b, c = ids(compiler, "abc")

    assert allowed(constraint) == {a}
    constraint.advance(a)
    assert not constraint.may_end
    constraint.advance(b)
    assert allowed(constraint) == {c, END}
    assert constraint.may_end
    assert not constraint.is_complete
    constraint.advance(c)
    assert constraint.is_complete
    assert constraint.fault is None


def test_tokens_are_taken_back(compiler: GrammarCompiler) -> None:
    constraint = compiler.constraint(WireGrammarChoice(choices=("abc", "abd")))
    before = allowed(constraint)
    a, b, c, d = ids(compiler, "abcd")

    assert constraint.accepted([a, b, c, d]) == 3
    constraint.advance(a, b, c)
    constraint.rollback(1)
    assert allowed(constraint) == {c, d}
    constraint.rollback(2)
    assert allowed(constraint) == before


def test_rows_with_the_same_grammar_go_their_own_ways(compiler: GrammarCompiler) -> None:
    grammar = WireGrammarChoice(choices=("ab", "cd"))
    first, second = compiler.constraint(grammar), compiler.constraint(grammar)
    a, b, c, _ = ids(compiler, "abcd")
    first.advance(a)

    assert allowed(first) == {b}
    assert allowed(second) == {a, c}


def test_a_forbidden_token_is_told_and_nothing_raises(compiler: GrammarCompiler) -> None:
    constraint = compiler.constraint(WireGrammarChoice(choices=("ab",)))
    constraint.advance(*ids(compiler, "b"))

    assert constraint.fault is not None
    assert not constraint.is_complete
    constraint.advance(1)
    constraint.rollback(1)
    assert constraint.accepted([1]) == 0
    allowed(constraint)


def test_a_token_beyond_the_vocabulary_is_told(compiler: GrammarCompiler) -> None:
    constraint = compiler.constraint(WireGrammarChoice(choices=("ab",)))
    constraint.advance(1_000_000)

    assert constraint.fault is not None


def test_an_end_is_allowed_when_the_answer_is_whole_whatever_else_it_stands_for() -> None:
    ends = (0, 5)
    source = VocabularySource(SOURCE.definition, SOURCE.size, ends)
    compiler = GrammarCompiler(Vocabulary.of(source))
    constraint = compiler.constraint(WireGrammarLark(grammar="start: /[!-z]{2}/"), ends=(9,))

    assert allowed(constraint) & {0, 5, 9} == set()
    constraint.advance(10, 11)
    assert allowed(constraint) == {0, 5, 9}


@pytest.mark.parametrize("beyond", [SOURCE.size, SOURCE.size + 40, 2**31 - 1])
def test_an_end_that_the_model_does_not_have_changes_nothing(
    compiler: GrammarCompiler, beyond: int
) -> None:
    constraint = compiler.constraint(WireGrammarChoice(choices=("ab",)), ends=(beyond,))
    a, b = ids(compiler, "ab")

    assert allowed(constraint) == {a}
    constraint.advance(a, b)
    assert constraint.is_complete


def test_a_special_token_does_not_stand_for_the_text_that_it_is_spelt_like() -> None:
    schema = json.dumps({"const": "a <end> b"})
    constraint = GrammarCompiler(Vocabulary.of(SOURCE)).constraint(
        WireGrammarJsonSchema(schema=schema)
    )
    while not constraint.may_end:
        forced = list(constraint.forced())
        assert END not in forced
        tokens = forced or [max(allowed(constraint) - {END})]
        assert END not in allowed(constraint)
        constraint.advance(*tokens)
        assert constraint.fault is None

    assert END in allowed(constraint)


SMALL = small_source("abé")


def test_a_choice_that_the_model_has_no_tokens_for_is_refused_by_its_character() -> None:
    compiler = GrammarCompiler(Vocabulary.of(SMALL))
    with pytest.raises(InvalidGrammar, match=r"no token for the character U\+00DF of choice 1"):
        compiler.constraint(WireGrammarChoice(choices=("ab", "aßb")))

    constraint = compiler.constraint(WireGrammarChoice(choices=("aé", "b")))
    constraint.advance(*Vocabulary.of(SMALL).tokens.tokenize_str("aé"))
    assert constraint.may_end


def test_a_row_that_no_token_can_go_on_with_is_told() -> None:
    compiler = GrammarCompiler(Vocabulary.of(SMALL))
    constraint = compiler.constraint(WireGrammarLark(grammar='start: "a" /[ßx]/'))
    constraint.advance(*Vocabulary.of(SMALL).tokens.tokenize_str("a"))
    assert allowed(constraint, SMALL.size) == set()
    assert constraint.fault == "the model has no token for what has to come next"


def test_logits_without_a_token_are_never_allowed() -> None:
    padded = byte_source(SOURCE.size + 100)
    constraint = GrammarCompiler(Vocabulary.of(padded)).constraint(
        WireGrammarLark(grammar="start: /(.|\\n)+/")
    )

    assert max(allowed(constraint, padded.size)) < SOURCE.size


def test_an_answer_may_be_laid_out_but_not_padded(compiler: GrammarCompiler) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    grammar = WireGrammarJsonSchema(schema=json.dumps(schema))
    good = ['{"a":1}', '{"a": 1}', '{\n  "a": 1\n}']
    bad = [' {"a":1}', '{"a":1} ', '{  "a":1}', '{\n\n"a":1}', '{"a":\t1}']

    for text in good:
        tokens = ids(compiler, text)
        constraint = compiler.constraint(grammar)
        assert constraint.accepted(tokens) == len(tokens), text
        constraint.advance(*tokens)
        assert constraint.may_end
    for text in bad:
        tokens = ids(compiler, text)
        assert compiler.constraint(grammar).accepted(tokens) < len(tokens), text


@pytest.mark.parametrize(
    ("grammar", "reason"),
    [
        (
            WireGrammarRegex(pattern="[0-9"),
            'unclosed character class, in the regular expression "[0-9"',
        ),
        (
            WireGrammarLark(grammar="start: /(a/"),
            'unclosed group, in the regular expression "(a"',
        ),
        (WireGrammarLark(grammar="start: b"), 'line 1, column 8: unknown name: "b"'),
        (WireGrammarLark(grammar='start: "a'), "line 1, column 10: lexer error"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_fault_and_place(
    compiler: GrammarCompiler, grammar: WireGrammarRegex | WireGrammarLark, reason: str
) -> None:
    with pytest.raises(InvalidGrammar) as refused:
        compiler.constraint(grammar)
    assert refused.value.message == reason


def test_a_grammar_is_compiled_once_and_refused_twice(compiler: GrammarCompiler) -> None:
    broken = WireGrammarLark(grammar="start: nowhere")
    with pytest.raises(InvalidGrammar) as first:
        compiler.constraint(broken)
    with pytest.raises(InvalidGrammar) as second:
        compiler.constraint(broken)

    assert second.value.message == first.value.message


def written_with_masks(constraint: Constraint, tokens: list[int]) -> int:
    """How many tokens each mask lets through, one after the other."""
    for place, token in enumerate(tokens):
        if token not in allowed(constraint) or constraint.fault is not None:
            return place
        constraint.advance(token)
    return len(tokens)


@pytest.mark.parametrize("most", [2083, 65536])
def test_a_far_limit_beside_a_pattern_costs_nothing_before_it_is_near(
    compiler: GrammarCompiler, most: int
) -> None:
    address = {"type": "string", "format": "uri", "minLength": 1, "maxLength": most}
    schema = {"type": "object", "properties": {"a": address, "b": address}, "required": ["a", "b"]}
    text = json.dumps({"a": "https://a.example/b?c=d", "b": f"urn:{'x' * 100}"})
    constraint = compiler.constraint(WireGrammarJsonSchema(schema=json.dumps(schema)))

    assert written_with_masks(constraint, tokens := ids(compiler, text)) == len(tokens)
    assert constraint.may_end


def test_a_far_limit_beside_a_pattern_is_held(compiler: GrammarCompiler) -> None:
    schema = {"type": "string", "pattern": "^[a-z]+$", "maxLength": 200}
    grammar = WireGrammarJsonSchema(schema=json.dumps(schema))
    whole = ids(compiler, json.dumps("x" * 200))
    longer = ids(compiler, json.dumps("x" * 201))

    constraint = compiler.constraint(grammar)
    assert written_with_masks(constraint, whole) == len(whole)
    constraint = compiler.constraint(grammar)
    assert written_with_masks(constraint, longer) == 201
    # Drafts and answers that are taken up again come without masks.
    constraint = compiler.constraint(grammar)
    assert constraint.accepted(longer) == 201
    constraint.advance(*longer[:201])
    constraint.rollback(100)
    assert constraint.accepted(longer[101:]) == 100
    resumed = compiler.constraint(grammar, longer[:150])
    assert resumed.accepted(longer[150:]) == 51


def test_strings_before_have_no_part_in_a_far_limit(compiler: GrammarCompiler) -> None:
    item = {"type": "string", "pattern": '^[a-z"]+$', "maxLength": 128}
    schema = {"type": "array", "items": item, "maxItems": 5}
    grammar = WireGrammarJsonSchema(schema=json.dumps(schema))
    for texts, fits in ((['a"' * 60] * 5, True), (["a", 'a"' * 65], False)):
        tokens = ids(compiler, json.dumps(texts))
        constraint = compiler.constraint(grammar)
        assert (constraint.accepted(tokens) == len(tokens)) == fits
