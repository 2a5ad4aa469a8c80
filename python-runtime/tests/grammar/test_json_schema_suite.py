"""The public JSON Schema Test Suite, drafts 2020-12 and 7, with what is optional in it.

Each of its schemas is refused, by the name of what is not supported, or
obeyed: its valid instances can be written and its invalid ones cannot. What
comes out otherwise is in `suite-deviations.json` by its reason, and nothing
else: valid instances that are not written, invalid ones that are let through,
and how many schemas are refused by what the refusal names.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from itertools import permutations, product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mlx_runtime.grammar import Constraint, GrammarCompiler, InvalidGrammar, Vocabulary
from mlx_runtime.wire import WireGrammarJsonSchema

from .suite import Case, Instance, read_suite
from .vocabulary import byte_source

_DEVIATIONS = json.loads(Path(__file__).with_name("suite-deviations.json").read_text("utf-8"))
_VOCABULARY = Vocabulary.of(byte_source())
_NAME = re.compile(r"""['"]([^'"]+)['"]""")
_NOTHING = re.compile("Unsatisfiable schema|Nothing satisfies")


class Verdicts(NamedTuple):
    refused: list[tuple[Case, str]]
    let_through: set[str]
    """Invalid instances that can be written."""
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
    wrong: set[Instance] = set()
    obeyed = 0
    for case in read_suite():
        grammar = WireGrammarJsonSchema(schema=json.dumps(case.schema))
        try:
            compiler.constraint(grammar)
        except InvalidGrammar as fault:
            refused.append((case, fault.message))
            continue
        for instance in case.instances:
            if can_write(compiler, grammar, instance.value) == instance.valid:
                obeyed += 1
            else:
                wrong.add(instance._replace(value=None))
    return Verdicts(
        refused,
        {instance.name for instance in wrong if not instance.valid},
        {instance.name for instance in wrong if instance.valid},
        obeyed,
    )


def can_write(compiler: GrammarCompiler, grammar: WireGrammarJsonSchema, value: Any) -> bool:
    """In some order of its properties: an answer has those of the schema in its own order."""
    return any(is_let_through(compiler.constraint(grammar), text) for text in texts_of(value))


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


def name_of(fault: str) -> str:
    """What a refusal names: a keyword, or a format."""
    if _NOTHING.match(fault):
        return "no value"
    found = _NAME.search(fault)
    assert found is not None, fault
    return found[1]


def all_of(by_reason: Mapping[str, list[str]]) -> set[str]:
    return {name for names in by_reason.values() for name in names}


def test_what_is_not_obeyed_is_refused_by_name(verdicts: Verdicts) -> None:
    names = Counter(name_of(fault) for _, fault in verdicts.refused)

    assert dict(names) == _DEVIATIONS["refused"]


def test_only_a_schema_without_valid_instances_is_called_unsatisfiable(verdicts: Verdicts) -> None:
    nothing = [case for case, fault in verdicts.refused if name_of(fault) == "no value"]

    assert [case.name for case in nothing if any(one.valid for one in case.instances)] == []


def test_no_invalid_instance_can_be_written(verdicts: Verdicts) -> None:
    assert verdicts.let_through == all_of(_DEVIATIONS["let_through"])


def test_every_valid_instance_can_be_written(verdicts: Verdicts) -> None:
    assert verdicts.not_written == all_of(_DEVIATIONS["not_written"])
    assert verdicts.obeyed > 1500
