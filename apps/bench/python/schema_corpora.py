"""What becomes of public JSON Schemas: refused, obeyed, and how long compiling takes.

A corpus is a folder of JSON files. One that has a `schema` and `tests` (as those of
jsonschemabench's `maskbench/data` have) also tells which instances are valid; any
other object is a schema alone. Schemas are asked for as a request does that is not
strict, over the vocabulary of a real tokenizer.

A valid instance is refused when no text that stands for it can be written: its
properties in the schema's order, which a grammar fixes. An invalid one counts as
writable where nothing is told besides, so that nobody checks the answer.

usage: schema_corpora.py TOKENIZER FOLDER [STEP]
TOKENIZER is a `tokenizer.json`; of the files every STEP-th is taken.
Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

sys.path.insert(0, str(Path(__file__).parents[3] / "python-runtime"))

from mlx_runtime.grammar import Constraint, GrammarCompiler, InvalidGrammar, Vocabulary
from mlx_runtime.grammar.constraint import bitmask_words
from mlx_runtime.grammar.vocabulary import VocabularySource
from mlx_runtime.wire import WireGrammarJsonSchema
from tests.grammar.written_form import written_forms

STACK_BYTES = 256 * 2**20
_RAN_OUT = "too many expressions"


@dataclass
class Outcome:
    schemas: int = 0
    refused: list[str] = field(default_factory=list)
    compile_ms: list[float] = field(default_factory=list)
    valid: int = 0
    valid_refused: list[str] = field(default_factory=list)
    invalid: int = 0
    invalid_writable: list[str] = field(default_factory=list)
    invalid_told: int = 0


class Corpus:
    def __init__(self, tokenizer: Path) -> None:
        definition = tokenizer.read_text(encoding="utf-8")
        known = Tokenizer.from_str(definition)
        end = known.get_vocab_size(with_added_tokens=True) - 1
        self._size = end + 1
        self._vocabulary = Vocabulary.of(VocabularySource(definition, self._size, (end,)))
        self._compiler = GrammarCompiler(self._vocabulary)
        self.outcome = Outcome()

    def warm_up(self) -> None:
        """The first grammar starts the process that tries grammars out."""
        self._compiler.constraint(WireGrammarJsonSchema(schema="true"))

    def look_at(self, name: str, schema: Any, tests: Sequence[dict[str, Any]]) -> None:
        outcome = self.outcome
        outcome.schemas += 1
        grammar = WireGrammarJsonSchema(schema=json.dumps(schema))
        started = time.perf_counter()
        try:
            unheld = self._compiler.constraint(grammar, strict=False).unheld
        except InvalidGrammar as refused:
            outcome.refused.append(f"{name}: {refused.message}")
            return
        outcome.compile_ms.append((time.perf_counter() - started) * 1000)
        for place, test in enumerate(tests):
            can_write = self._can_write(grammar, test["data"], schema)
            where = f"{name} {place}"
            if test["valid"]:
                outcome.valid += 1
                outcome.valid_refused += [] if can_write else [where]
                continue
            outcome.invalid += 1
            if can_write and unheld:
                outcome.invalid_told += 1
            elif can_write:
                outcome.invalid_writable.append(where)

    def close(self) -> None:
        self._compiler.close()

    def _can_write(self, grammar: WireGrammarJsonSchema, value: Any, schema: Any) -> bool:
        make = partial(self._compiler.constraint, grammar, strict=False)
        return any(self._lets_through(make, text) for text in written_forms(value, schema))

    def _lets_through(self, make: Callable[[], Constraint], text: str) -> bool:
        tokens = self._vocabulary.tokens.tokenize_str(text)
        constraint = make()
        constraint.advance(*tokens)
        if constraint.fault is not None and _RAN_OUT in constraint.fault:
            # With a mask before each token, as in an answer, there is more room for work.
            constraint = make()
            for token in tokens:
                constraint.write_mask(np.zeros(bitmask_words(self._size), dtype=np.uint32))
                constraint.advance(token)
        return constraint.may_end


def read(folder: Path, step: int) -> Iterator[tuple[str, Any, Sequence[dict[str, Any]]]]:
    for path in sorted(folder.rglob("*.json"))[::step]:
        try:
            content: Any = json.loads(path.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError):
            continue
        if isinstance(content, dict) and "tests" in content and "schema" in content:
            yield path.name, content["schema"], content["tests"] or ()
        elif isinstance(content, dict):
            yield path.name, content, ()


def main(tokenizer: str, folder: str, step: str = "1") -> None:
    corpus = Corpus(Path(tokenizer))
    corpus.warm_up()
    for each in read(Path(folder), int(step)):
        corpus.look_at(*each)
    corpus.close()
    print(json.dumps(asdict(corpus.outcome)))


if __name__ == "__main__":
    # Schemas are nested deeply, and the instances' forms follow them.
    sys.setrecursionlimit(8000)
    threading.stack_size(STACK_BYTES)
    worker = threading.Thread(target=main, args=sys.argv[1:])
    worker.start()
    worker.join()
