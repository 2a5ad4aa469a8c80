"""The `load` method: weights on the generation thread, tokenizer beside it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Literal

from ..answers.detect_traits import answer_traits
from ..answers.template_options import reasoning_options
from ..answers.traits import AnswerTraits
from ..errors import INVALID_REQUEST, RpcError
from ..grammar import Vocabulary
from ..model.directory import ModelDirectory, open_model_directory
from ..model.draft_fit import DraftSide
from ..model.loader import LoadedModel, failing_to_load
from ..model.sampling_defaults import sampling_defaults
from ..model.shape import eos_token_ids
from ..model.weights import ReportBytes
from ..protocol.frames import RequestId, notification
from ..text.load_tokenizer import LoadedTokenizer
from ..wire import LoadParams, LoadResult, ProgressParams, WireCapabilities, WireSamplingDefaults
from .draft_loading import DraftLoading
from .generation_loop import GenerationLoop
from .grammars import Grammars
from .images import Images
from .input_processor import InputProcessor
from .intake import Intake
from .model_host import Serving
from .model_text import ExpectedText, read_model_text
from .pooling_on_wire import TextModel
from .replies import Replies
from .sight import make_sight

_log = logging.getLogger(__name__)

_SECONDS_BETWEEN_REPORTS = 0.1


class Loading:
    """Runs on the intake thread, so requests behind it find the model in place."""

    def __init__(
        self,
        loop: GenerationLoop,
        intake: Intake,
        grammars: Grammars,
        images: Images,
        drafts: DraftLoading,
        replies: Replies,
        send: Callable[[bytes], None],
        expected: ExpectedText | None,
    ) -> None:
        self._loop = loop
        self._intake = intake
        self._grammars = grammars
        self._images = images
        self._drafts = drafts
        self._replies = replies
        self._send = send
        self._expected = expected
        self._loaded = False

    def load(self, id: RequestId, params: LoadParams) -> None:
        with self._replies.failing(id):
            if self._loaded:
                raise RpcError(
                    INVALID_REQUEST, "A model is loaded already: start another sidecar for this one"
                )
            self._replies.succeed(id, self._load(params))

    def _load(self, params: LoadParams) -> LoadResult:
        started = time.monotonic()
        directory = open_model_directory(params.path)
        report = self._progress()
        loading = self._loop.call(lambda host: host.load(directory, params, report))
        text, vocabulary = self._read_text(directory)
        loaded = loading.result()
        eos = eos_token_ids(loaded.config, text.eos_token_id)
        with failing_to_load(directory.path, loaded.config):
            serving = self._loop.call(lambda host: host.serve(loaded, eos, params)).result()
        traits = answer_traits(text)
        sight = make_sight(directory, loaded)
        processor = InputProcessor(
            text.tokenizer,
            traits,
            eos_tokens=eos,
            has_grammars=vocabulary is not None,
            sight=sight,
        )
        model = TextModel(
            text.tokenizer, loaded.vocab_size, loaded.context_length, loaded.embedding
        )
        self._intake.serve(model, processor)
        self._grammars.serve(vocabulary)
        self._images.serve(sight, "" if loaded.sees else str(loaded.sight))
        self._drafts.serve(_draft_side(loaded, text, serving))
        self._loaded = True
        return LoadResult(
            model_id=params.model_id,
            architecture=str(loaded.config["model_type"]),
            context_length=loaded.context_length,
            vocab_size=loaded.vocab_size,
            parameter_count=loaded.parameter_count,
            eos_token_ids=eos,
            weight_bytes=loaded.weight_bytes,
            load_ms=(time.monotonic() - started) * 1000,
            traits=serving.traits,
            capabilities=_capabilities(
                traits,
                serving,
                weights=loaded.weights,
                kv_bits=None if loaded.encoder else params.kv_bits,
                prompts=tuple(loaded.embedding.prompts),
                generation=loaded.has_lm_head,
                grammars=vocabulary is not None,
                defaults=sampling_defaults(directory.generation),
                loaded=loaded,
            ),
        )

    def _read_text(self, directory: ModelDirectory) -> tuple[LoadedTokenizer, Vocabulary | None]:
        ahead = None if self._expected is None else self._expected.take(directory)
        self._expected = None
        text = ahead or read_model_text(directory)
        return text.loaded, text.vocabulary

    def _progress(self) -> ReportBytes:
        last = 0.0

        def report(done: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if done < total and now - last < _SECONDS_BETWEEN_REPORTS:
                return
            last = now
            progress = ProgressParams(phase="load", done=done, total=total, unit="bytes")
            self._send(notification("progress", progress))

        return report


def _draft_side(loaded: LoadedModel, text: LoadedTokenizer, serving: Serving) -> DraftSide:
    """What a model has to fit that is to draft for this one."""
    return DraftSide(
        text.tokenizer.vocabulary,
        loaded.parameter_count,
        loaded.context_length,
        serving.drafts,
        loaded.has_lm_head,
    )


def _reranking(serving: Serving, loaded: LoadedModel) -> Literal["answers", "pairs"] | None:
    if loaded.share is not None:
        return None
    return "answers" if loaded.has_lm_head else serving.reranking


def _capabilities(
    traits: AnswerTraits,
    serving: Serving,
    *,
    weights: str,
    kv_bits: Literal[4, 8] | None,
    prompts: tuple[str, ...],
    generation: bool,
    grammars: bool,
    defaults: WireSamplingDefaults,
    loaded: LoadedModel,
) -> WireCapabilities:
    tools = traits.tools if generation else None
    return WireCapabilities(
        generation=generation,
        batching=serving.batches,
        chat=tools is not None,
        tools=tools is not None,
        tool_format=None if tools is None else tools.name,
        reasoning=generation and traits.thinking is not None,
        reasoning_options=reasoning_options(traits) if generation else (),
        grammars=grammars and generation,
        embedding_size=serving.embedding_size,
        embedding_prompts=prompts,
        reranking=_reranking(serving, loaded),
        speculation=serving.drafts,
        weights=weights,
        kv_bits=kv_bits,
        sampling_defaults=defaults,
        blindness=loaded.sight if isinstance(loaded.sight, str) else None,
        ranks=None if loaded.share is None else loaded.share.ranks,
    )
