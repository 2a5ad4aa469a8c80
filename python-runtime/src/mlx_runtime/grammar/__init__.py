"""Structured output: which tokens may come next, so that an answer has the wanted form.

Grammars are compiled and followed by llguidance. Nothing here touches MLX.
"""

from .compiler import GrammarCompiler
from .constraint import Constraint, TokenRules
from .faults import InvalidGrammar, UnusableVocabulary
from .vocabulary import Vocabulary

__all__ = [
    "Constraint",
    "GrammarCompiler",
    "InvalidGrammar",
    "TokenRules",
    "UnusableVocabulary",
    "Vocabulary",
]
