"""From requests about texts to tasks, and from their results to answers. Pure."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import msgspec
import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from ..errors import INVALID_PARAMS, RpcError, invalid_param
from ..pooling import (
    Embedded,
    EmbeddingTraits,
    EmbedTexts,
    JudgePairs,
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
    embedding: EmbeddingTraits


PoolingParams = EmbedParams | ScoreParams | RerankParams


@dataclass(frozen=True, slots=True)
class PreparedTexts:
    task: Task
    answer: Callable[[Result], msgspec.Struct]


def prepare(params: PoolingParams, model: TextModel) -> PreparedTexts:
    """Raises RpcError for texts that cannot be read."""
    if isinstance(params, RerankParams) and params.query is not None:
        return _prepare_pairs(params.query, params.documents, model)
    name = "documents" if isinstance(params, RerankParams) else "input"
    prompts = params.documents if isinstance(params, RerankParams) else params.input
    if isinstance(params, EmbedParams):
        prompts = _with_model_prompt(params, model.embedding)
    texts = [_encode(prompt, f"{name}.{index}", model) for index, prompt in enumerate(prompts)]
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


def _prepare_pairs(query: str, documents: Sequence[WirePrompt], model: TextModel) -> PreparedTexts:
    pairs = [
        model.tokenizer.encode_pair(query, _plain_text(document, f"documents.{index}"))
        for index, document in enumerate(documents)
    ]
    texts = [
        _checked(tokens, f"documents.{index}", model) for index, (tokens, _) in enumerate(pairs)
    ]
    lengths = tuple(map(len, texts))
    task = JudgePairs(texts, [types for _, types in pairs])
    return PreparedTexts(task, lambda result: _reranked(cast(Reranked, result), lengths))


def _plain_text(document: WirePrompt, param: str) -> str:
    if isinstance(document, WirePromptText):
        return document.text
    raise invalid_param(param, "Must be a text where a query is read with it")


def _with_model_prompt(params: EmbedParams, traits: EmbeddingTraits) -> Sequence[WirePrompt]:
    """Texts behind what the model's makers put before them; token ids stay what they are."""
    name = params.prompt_name
    if name is not None and name not in traits.prompts:
        known = ", ".join(sorted(traits.prompts)) or "none"
        raise invalid_param("promptName", f"The model has prompts of its own named: {known}")
    prompt = traits.prompts.get(name or traits.default_prompt or "", "")
    return [_behind(prompt, text, index, named=name) for index, text in enumerate(params.input)]


def _behind(prompt: str, text: WirePrompt, index: int, named: str | None) -> WirePrompt:
    if isinstance(text, WirePromptText):
        return structs.replace(text, text=prompt + text.text)
    if named is not None and prompt:
        raise invalid_param(f"input.{index}", "Token ids cannot have a prompt put before them")
    return text


def _encode(prompt: WirePrompt, param: str, model: TextModel) -> Sequence[int]:
    return _checked(model.tokenizer.encode(prompt), param, model)


def _checked(tokens: Sequence[int], param: str, model: TextModel) -> Sequence[int]:
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
