"""From requests about texts to tasks, and from their results to answers. Pure."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..errors import INVALID_PARAMS, RpcError, invalid_param
from ..pooling import (
    Embedded,
    EmbedTexts,
    Reranked,
    RerankTexts,
    Result,
    Scored,
    ScoredText,
    ScoreTexts,
    Task,
)
from ..text.tokenizer import Tokenizer
from ..wire import (
    EmbedParams,
    EmbedResult,
    RerankParams,
    RerankResult,
    ScoreParams,
    ScoreResult,
    WirePrompt,
    WirePromptText,
    WireScoredText,
    WireScoredTextFirst,
)
from .checks import check_tokens
from .rows_on_wire import wire_token_logprob


@dataclass(frozen=True, slots=True)
class TextModel:
    tokenizer: Tokenizer
    vocab_size: int
    context_length: int


@dataclass(frozen=True, slots=True)
class PreparedTexts:
    task: Task
    answer: Callable[[Result], msgspec.Struct]


def prepare(params: EmbedParams | ScoreParams | RerankParams, model: TextModel) -> PreparedTexts:
    """Raises RpcError for texts that cannot be read."""
    field = "documents" if isinstance(params, RerankParams) else "input"
    prompts = params.documents if isinstance(params, RerankParams) else params.input
    texts = [_encode(prompt, f"{field}.{index}", model) for index, prompt in enumerate(prompts)]
    lengths = tuple(map(len, texts))
    match params:
        case EmbedParams():
            task = EmbedTexts(texts, params.pooling, params.dimensions, params.normalize)
            return PreparedTexts(task, lambda result: _embedded(cast(Embedded, result), lengths))
        case ScoreParams():
            task = ScoreTexts(texts, params.top_logprobs)
            tokenizer = model.tokenizer
            return PreparedTexts(
                task, lambda result: _scored(cast(Scored, result), texts, tokenizer)
            )
        case RerankParams():
            yes, no = (_answer_token(name, params, model) for name in ("yes", "no"))
            task = RerankTexts(texts, yes, no)
            return PreparedTexts(task, lambda result: _reranked(cast(Reranked, result), lengths))


def _encode(prompt: WirePrompt, param: str, model: TextModel) -> Sequence[int]:
    tokens = model.tokenizer.encode(prompt)
    if not tokens:
        raise invalid_param(param, "Has no tokens")
    check_tokens(param, tokens, model.vocab_size)
    if len(tokens) > model.context_length:
        raise RpcError(
            INVALID_PARAMS,
            f"Validation error on field '{param}': {len(tokens)} tokens are more than the "
            f"model's context of {model.context_length}. Shorten or split the text.",
            type="context_length_exceeded",
            param=param,
        )
    return tokens


def _answer_token(name: str, params: RerankParams, model: TextModel) -> int:
    text = params.yes if name == "yes" else params.no
    prompt = WirePromptText(text=text, add_special_tokens=False)
    tokens = model.tokenizer.encode(prompt)
    if len(tokens) != 1:
        raise invalid_param(name, f"{text!r} is {len(tokens)} tokens to this model, not one")
    return tokens[0]


def _embedded(result: Embedded, lengths: tuple[int, ...]) -> EmbedResult:
    vectors = tuple(_base64(vector) for vector in result.vectors)
    return EmbedResult(vectors=vectors, pooling=result.pooling, prompt_tokens=lengths)


def _base64(vector: NDArray[np.float32]) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def _scored(result: Scored, texts: Sequence[Sequence[int]], tokenizer: Tokenizer) -> ScoreResult:
    return ScoreResult(
        texts=tuple(
            _scored_text(scored, tokens, tokenizer)
            for scored, tokens in zip(result.texts, texts, strict=True)
        )
    )


def _scored_text(scored: ScoredText, tokens: Sequence[int], tokenizer: Tokenizer) -> WireScoredText:
    tops = scored.top or [()] * len(scored.logprobs)
    rest = zip(tokens[1:], scored.logprobs, tops, strict=True)
    return WireScoredText(
        first=WireScoredTextFirst(token=tokens[0], text=tokenizer.token_text(tokens[0])),
        rest=tuple(wire_token_logprob(*entry, tokenizer) for entry in rest),
    )


def _reranked(result: Reranked, lengths: tuple[int, ...]) -> RerankResult:
    return RerankResult(
        scores=tuple(result.scores), prompt_tokens=lengths, shared_tokens=result.shared_tokens
    )
