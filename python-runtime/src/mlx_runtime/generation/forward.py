"""The only place that calls a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol, cast

import mlx.core as mx
from mlx_lm.models.cache import make_prompt_cache  # pyright: ignore[reportUnknownVariableType]

from ..vision.limits import FEATURE_BYTES
from .arrays import integer_array, token_array
from .kv_cache.aligned_caches import AlignedCaches
from .kv_cache.layer_caches import Caches, LanguageModel
from .kv_cache.ragged_caches import RaggedCaches
from .picture_features import PictureFeatures, SeeingModel
from .visual_inputs import PromptPart, VisualInputs

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class TextEncoder(Protocol):
    """A model that reads whole texts in both directions and keeps no caches."""

    size: int
    """Numbers of a state."""

    @property
    def judges(self) -> bool: ...
    def encode(self, tokens: mx.array, lengths: mx.array, token_types: mx.array) -> mx.array:
        """(rows, tokens, size) from ids and types (rows, tokens), of which `lengths` (rows,)
        count."""
        ...

    def judge(self, tokens: mx.array, lengths: mx.array, token_types: mx.array) -> mx.array:
        """(rows,): one number for each text; other shapes as `encode` has them."""
        ...


class Forward:
    """A model's forward pass over tokens whose predecessors are in KV caches.

    Nothing is computed before it is evaluated: where the caches alone are, the logits never are.
    """

    def __init__(
        self,
        model: LanguageModel,
        states: LanguageModel | None = None,
        state_size: int | None = None,
        seeing: SeeingModel | None = None,
    ) -> None:
        """`states`: the part of the model that ends before its head, for `hidden_states`;
        `state_size`: numbers of one of those. `seeing`: the model again, if it sees images."""
        self._model = model
        self._counts_grids = seeing is not None and seeing.counts_grids
        self.pictures: PictureFeatures | None = None
        """Of images that prompts may hold; None: the model sees none."""
        self._visual: VisualInputs | None = None
        if seeing is not None:
            self.pictures = PictureFeatures(seeing, FEATURE_BYTES)
            self._visual = VisualInputs(seeing, self.pictures)
        self._states = states
        self.state_size = state_size

    def empty_caches(self) -> Caches:
        """KV caches for one sequence of which nothing is computed."""
        return empty_caches(self._model)

    def logits(
        self,
        tokens: mx.array,
        caches: Caches,
        lengths: Sequence[int] | None = None,
        shifts: Sequence[int] = (),
    ) -> mx.array:
        """(rows, tokens, vocabulary) from the next token ids (rows, tokens) of each row.

        `lengths`: how many of them each row keeps, the first ones; all if None.
        `shifts`: what to add to the place of each row's tokens for their positions.
        """
        if not self._counts_grids or not any(shifts):
            return _run(self._model, tokens, caches, lengths)
        first: Any = cast("Any", caches)[0].offset
        places = mx.array(first).reshape(-1) + integer_array(shifts)
        positions = places[:, None] + mx.arange(tokens.shape[1])
        given = {"positions": mx.broadcast_to(positions, (3, *positions.shape))}
        return _run(self._model, tokens, caches, lengths, given)

    def prefill(self, caches: Caches, prompts: Sequence[Sequence[int]]) -> mx.array:
        """Runs the next tokens of each row; logits (rows, longest, vocabulary).

        Rows of unequal length are padded at the end for the pass.
        """
        return _prefill(self._model, caches, prompts)

    def prefill_seen(self, caches: Caches, parts: Sequence[PromptPart]) -> mx.array:
        """Like `prefill`, where images stand in the rows; logits (rows, longest, vocabulary)."""
        visual = self._visual
        if visual is None:
            raise RuntimeError("the model sees no images")
        prompts = [part.tokens for part in parts]
        return _prefill(self._model, caches, prompts, lambda padded: visual.of(padded, parts))

    def ragged_logits(
        self, decoded: mx.array, batch: Caches, texts: Sequence[tuple[Caches, Sequence[int]]]
    ) -> mx.array:
        """(rows, 1, vocabulary) from the next token id (rows, 1) of each row of a batch, in a
        pass that also computes the next tokens of texts into their plain caches.
        """
        rows = decoded.shape[0]
        caches = RaggedCaches(batch, rows, [(caches, len(tokens)) for caches, tokens in texts])
        others = [[token] for _, tokens in texts for token in tokens]
        inputs = mx.concatenate([decoded, token_array(others)])
        output = self._model(inputs, cache=cast("Caches", caches))
        caches.advance()
        return output[:rows]

    def judgements(
        self, texts: Sequence[Sequence[int]], token_types: Sequence[Sequence[int]]
    ) -> mx.array:
        """(rows,): what the head of a cross-encoder says of whole texts."""
        del texts, token_types
        raise RuntimeError("the model is no cross-encoder")

    def hidden_states(self, caches: Caches, prompts: Sequence[Sequence[int]]) -> mx.array:
        """Like `prefill`, but what the head sees: (rows, longest, size)."""
        if self._states is None:
            raise RuntimeError("the model has no part that ends before its head")
        return _prefill(self._states, caches, prompts)


class EncoderForward(Forward):
    """The same of an encoder, which has nothing but states and judgements of whole texts."""

    def __init__(self, encoder: TextEncoder) -> None:
        super().__init__(cast("LanguageModel", encoder), None, encoder.size)
        self._encoder = encoder

    def empty_caches(self) -> Caches:
        """None at all: an encoder sees every text anew."""
        return []

    def hidden_states(self, caches: Caches, prompts: Sequence[Sequence[int]]) -> mx.array:
        """(rows, longest, size) of whole texts."""
        del caches
        return self._encoder.encode(*_padded(prompts, [[0] * len(prompt) for prompt in prompts]))

    def judgements(
        self, texts: Sequence[Sequence[int]], token_types: Sequence[Sequence[int]]
    ) -> mx.array:
        """(rows,): what the encoder's head says of whole texts."""
        return self._encoder.judge(*_padded(texts, token_types))


def _padded(
    texts: Sequence[Sequence[int]], token_types: Sequence[Sequence[int]]
) -> tuple[mx.array, mx.array, mx.array]:
    """Token ids (rows, longest), their numbers (rows,) and types (rows, longest)."""
    longest = max(map(len, texts))
    tokens, types = (
        token_array([[*row, *[0] * (longest - len(row))] for row in rows])
        for rows in (texts, token_types)
    )
    return tokens, mx.array([len(text) for text in texts]), types


def empty_caches(model: LanguageModel) -> Caches:
    """KV caches for one sequence of which nothing is computed."""
    return cast("Caches", make_prompt_cache(cast("Any", model)))


def _prefill(
    module: LanguageModel,
    caches: Caches,
    prompts: Sequence[Sequence[int]],
    given_for: Callable[[mx.array], dict[str, Any]] = lambda _: {},
) -> mx.array:
    lengths = [len(prompt) for prompt in prompts]
    longest = max(lengths)
    if longest == 1 > min(lengths):
        # Sliding caches take one token for a decoded one, which is never padding.
        longest = 2
    padded = token_array([[*prompt, *[0] * (longest - len(prompt))] for prompt in prompts])
    given = given_for(padded)
    if isinstance(caches, AlignedCaches) or min(lengths) == longest:
        return _run(module, padded, caches, lengths, given)
    padding = [longest - length for length in lengths]
    for cache in caches:
        cache.prepare(lengths=lengths, right_padding=padding)
    output = module(padded, cache=caches, **given)
    for cache in caches:
        cache.finalize()
    return output


def _run(
    module: LanguageModel,
    tokens: mx.array,
    caches: Caches,
    lengths: Sequence[int] | None,
    given: Mapping[str, Any] = _NOTHING,
) -> mx.array:
    """`given`: what a model that sees takes beside token ids."""
    output = module(tokens, cache=caches, **given)
    if isinstance(caches, AlignedCaches):
        caches.advance([tokens.shape[1]] * tokens.shape[0] if lengths is None else lengths)
    return output
