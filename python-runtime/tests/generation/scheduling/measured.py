"""Chunks of prompts, and decode steps that were measured."""

from __future__ import annotations

from mlx_runtime.generation.scheduling.attention_cost import NO_TOKENS, PromptTokens
from mlx_runtime.generation.scheduling.beside_cost import MeasuredStep
from mlx_runtime.generation.scheduling.scheduler import Chunk
from mlx_runtime.generation.sequence import make_sequence
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireSampling


def prompt_chunk(name: str, computed: int, tokens: int) -> Chunk:
    """So many tokens of a prompt, behind as many as are computed already."""
    request = Request(name, [1] * (computed + tokens + 1), WireSampling(max_tokens=1))
    sequence = make_sequence(request, frozenset(), 10_000, None)
    sequence.num_computed_tokens = computed
    return Chunk(sequence, tokens)


def measured(rows: int, seconds: float, prompts: PromptTokens = NO_TOKENS) -> MeasuredStep:
    return MeasuredStep(rows, rows, prompts, seconds, drafted=False, follows=False, usual=True)
