"""Answers held to JSON schemas, over a vocabulary of single bytes."""

from __future__ import annotations

import json
from typing import Any

from mlx_runtime.grammar import GrammarCompiler, Vocabulary
from mlx_runtime.wire import WireGrammarJsonSchema

from .vocabulary import byte_source

VOCABULARY = Vocabulary.of(byte_source())


def accepts(compiler: GrammarCompiler, schema: Any, value: Any) -> bool:
    constraint = compiler.constraint(WireGrammarJsonSchema(schema=json.dumps(schema)))
    tokens = VOCABULARY.tokens.tokenize_str(json.dumps(value, ensure_ascii=False))
    constraint.advance(*tokens)
    return constraint.fault is None and constraint.may_end


def may_follow(compiler: GrammarCompiler, schema: Any, text: str) -> bool:
    constraint = compiler.constraint(WireGrammarJsonSchema(schema=json.dumps(schema)))
    constraint.advance(*VOCABULARY.tokens.tokenize_str(text))
    return constraint.fault is None
