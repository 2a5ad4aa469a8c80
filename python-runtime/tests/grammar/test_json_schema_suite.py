"""The public JSON Schema Test Suite, drafts 2020-12 and 7, with what is optional in it.

Of each of its schemas the valid instances can be written, and the invalid ones
cannot, but where a keyword is left to whoever reads the answer. What comes out
otherwise is in `suite-deviations.json` and nothing else: how many schemas leave
which keyword, and the valid instances that are not written, by the suite's file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterator
from itertools import permutations, product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mlx_runtime.grammar import Constraint, GrammarCompiler, InvalidGrammar, Vocabulary
from mlx_runtime.wire import WireGrammarJsonSchema

from .suite import Case, read_suite
from .vocabulary import byte_source

_DEVIATIONS = json.loads(Path(__file__).with_name("suite-deviations.json").read_text("utf-8"))
_VOCABULARY = Vocabulary.of(byte_source())


class Verdicts(NamedTuple):
    refused: list[tuple[Case, str]]
    left: Counter[str]
    """Schemas by what they leave to readers."""
    let_through: set[str]
    """Invalid instances that can be written, of schemas that leave nothing."""
    not_written: set[str]
    """Valid ones that cannot."""
    obeyed: int


@pytest.fixture(scope="module")
def compiler() -> Generator[GrammarCompiler]:
    made = GrammarCompiler(_VOCABULARY)
    yield made
    made.close()


@pytest.fixture(scope="module")
def verdicts(compiler: GrammarCompiler) -> Verdicts:
    refused: list[tuple[Case, str]] = []
    left: Counter[str] = Counter()
    let_through: set[str] = set()
    not_written: set[str] = set()
    obeyed = 0
    for case in read_suite():
        grammar = WireGrammarJsonSchema(schema=json.dumps(case.schema))
        try:
            unheld = compiler.constraint(grammar, strict=False).unheld
        except InvalidGrammar as fault:
            refused.append((case, fault.message))
            continue
        left.update({each.keyword for each in unheld})
        for instance in case.instances:
            if can_write(compiler, grammar, instance.value) == instance.valid:
                obeyed += 1
            elif instance.valid:
                not_written.add(instance.name)
            elif not unheld:
                let_through.add(instance.name)
    return Verdicts(refused, left, let_through, not_written, obeyed)


def can_write(compiler: GrammarCompiler, grammar: WireGrammarJsonSchema, value: Any) -> bool:
    """In some order of its properties: an answer has those of the schema in its own order."""
    return any(
        is_let_through(compiler.constraint(grammar, strict=False), text) for text in texts_of(value)
    )


def is_let_through(constraint: Constraint, text: str) -> bool:
    constraint.advance(*_VOCABULARY.tokens.tokenize_str(text))
    return constraint.may_end


def texts_of(value: Any) -> Iterator[str]:
    return (json.dumps(ordered, ensure_ascii=False) for ordered in orders_of(value))


def orders_of(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from map(list, product(*map(list, map(orders_of, value))))
    elif isinstance(value, dict):
        for keys in permutations(value):
            for values in product(*(list(orders_of(value[key])) for key in keys)):
                yield dict(zip(keys, values, strict=True))
    else:
        yield value


def test_only_a_schema_without_valid_instances_is_refused(verdicts: Verdicts) -> None:
    assert {fault for _, fault in verdicts.refused} == {"Nothing satisfies the schema"}
    assert [c.name for c, _ in verdicts.refused if any(one.valid for one in c.instances)] == []


def test_what_is_left_to_readers_is_told(verdicts: Verdicts) -> None:
    assert dict(verdicts.left) == _DEVIATIONS["left"]


def test_no_invalid_instance_can_be_written(verdicts: Verdicts) -> None:
    assert {name.partition(": ")[0] for name in verdicts.let_through} <= {"optional/content"}


def test_every_valid_instance_can_be_written(verdicts: Verdicts) -> None:
    assert by_file(verdicts.not_written) == _DEVIATIONS["not_written"]
    assert verdicts.obeyed > 2900


def by_file(names: set[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        file, _, instance = name.partition(": ")
        found.setdefault(file, []).append(instance)
    return found
