"""Prepares requests: tokenises prompts and loads the tokenizer, on a thread of its own.

Long prompts take a while to tokenise; the reader stays free for cancellations.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from queue import SimpleQueue

from msgspec import structs

from ..errors import model_not_loaded
from ..generation import place_names
from ..protocol.frames import RequestId
from ..requests import Finish, FinishReason, Request, RequestTimes, StepOutput
from ..vision.picture import Picture, PromptPictures
from ..wire import (
    DetokenizeParams,
    DetokenizeResult,
    GenerateParams,
    GenerateResult,
    TokenizeParams,
    TokenizeResult,
    WireGrammar,
    WirePromptBlocks,
)
from .checks import check_grammar, check_length, check_sampling, check_tokens
from .emitter import Emitter
from .generation_loop import GenerationLoop
from .grammars import Grammars
from .images import Images, SentImage, take_images
from .input_processor import InputProcessor, OutputPlan
from .model_host import ModelHost
from .pooling_on_wire import TextModel
from .pooling_requests import PoolingParams, PoolingRequests
from .prediction import Prediction
from .replies import Replies
from .rows_on_wire import NO_USAGE
from .streams import Stream, StreamTable


@dataclass(frozen=True, slots=True)
class _Prepared(TextModel):
    processor: InputProcessor


class Intake:
    """`run` works off, in order, what `post` was given; the other methods run inside it."""

    def __init__(
        self,
        loop: GenerationLoop,
        emitter: Emitter,
        streams: StreamTable,
        replies: Replies,
        ordered_replies: Replies,
        grammars: Grammars,
        images: Images,
    ) -> None:
        """`ordered_replies` leave behind the rows that were emitted before."""
        self._loop = loop
        self._grammars = grammars
        self._images = images
        self._emitter = emitter
        self._streams = streams
        self._replies = replies
        self._ordered_replies = ordered_replies
        self._pooling = PoolingRequests(loop, streams, replies, ordered_replies, self.post)
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._model: _Prepared | None = None

    def post(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)

    def run(self) -> None:
        while True:
            self._jobs.get()()

    def serve(self, model: TextModel, processor: InputProcessor) -> None:
        """From now on requests are for this model."""
        self._model = _Prepared(
            model.tokenizer, model.vocab_size, model.context_length, model.embedding, processor
        )

    def pool(self, stream: Stream, params: PoolingParams) -> None:
        self._pooling.pool(stream, params, self._require_model)

    def tokenize(
        self, id: RequestId, params: TokenizeParams, pictures: Sequence[Picture] | None = None
    ) -> None:
        """`pictures`: the prompt's images; None: they are not read yet."""
        with self._replies.failing(id):
            model = self._require_model()
            if pictures is None:
                images, prompt = take_images(params.prompt)
                params = structs.replace(params, prompt=prompt)
                go_on = partial(self.tokenize, id, params)
                if self._read_images(images, self._replies.failing(id), go_on):
                    return
            tokens = tuple(model.processor.encode(params.prompt, params.reasoning, pictures or ()))
            texts = tuple(model.tokenizer.token_text(token) for token in tokens)
            self._replies.succeed(id, TokenizeResult(tokens=tokens, token_strings=texts))

    def detokenize(self, id: RequestId, params: DetokenizeParams) -> None:
        with self._replies.failing(id):
            model = self._require_model()
            check_tokens("tokens", params.tokens, model.vocab_size)
            text = model.tokenizer.decode(params.tokens)
            self._replies.succeed(id, DetokenizeResult(text=text))

    def generate(
        self,
        stream: Stream,
        params: GenerateParams,
        received: float,
        pictures: Sequence[Picture] | None = None,
    ) -> None:
        """`received` is when the frame arrived, in monotonic seconds.

        `pictures`: see `tokenize`.
        """
        close = partial(self._streams.close, stream)
        with self._replies.failing(stream.request_id, close):
            model = self._require_model()
            if pictures is None:
                images, shown = take_images(params.prompt)
                params = structs.replace(params, prompt=shown)
                failing = self._replies.failing(stream.request_id, close)
                go_on = partial(self.generate, stream, params, received)
                if self._read_images(images, failing, go_on):
                    return
            seen = pictures or ()
            prompt = model.processor.encode(params.prompt, params.reasoning, seen)
            resume = params.resume_tokens or ()
            check_length(params.prompt, len(prompt), model.context_length)
            check_tokens("prompt.tokens", prompt, model.vocab_size)
            check_tokens("resumeTokens", resume, model.vocab_size)
            check_sampling(params.sampling, model.vocab_size)
            plan = model.processor.plan_output(params, prompt)
            stream.tokenizer = model.tokenizer
            stream.text = plan.text
            predicted = model.processor.predict(params)
            if params.prediction is not None:
                stream.prediction = Prediction(predicted, resume)
            times = RequestTimes(received, time.monotonic())
            request = _request(
                params, prompt, predicted, times, model.processor.place(seen, prompt)
            )
            grammar = plan.grammar
            if grammar is None:
                self._submit(stream, replace(request, constraint=plan.constraint(None, resume)))
            else:
                check_grammar(params.sampling)
                self._grammars.post(lambda: self._constrain(stream, request, plan, grammar))

    def _read_images(
        self,
        images: Sequence[SentImage],
        failing: AbstractContextManager[None],
        go_on: Callable[[Sequence[Picture]], None],
    ) -> bool:
        """Reads a prompt's images on the thread for that, and goes on here; False: it has none."""
        if not images:
            return False

        def read() -> None:
            with failing:
                pictures = self._images.read(images)
                self.post(lambda: go_on(pictures))

        self._images.post(read)
        return True

    def _constrain(
        self, stream: Stream, request: Request, plan: OutputPlan, grammar: WireGrammar
    ) -> None:
        """Compiles the request's grammar; on the thread for that."""
        with self._replies.failing(stream.request_id, partial(self._streams.close, stream)):
            resume = request.resume_tokens
            compiled = self._grammars.constraint(
                grammar,
                () if plan.reasons_first else resume,
                strict=plan.strict,
                ends=request.sampling.stop_token_ids,
            )
            request = replace(request, times=_with_grammar(request.times))
            self._submit(stream, replace(request, constraint=plan.constraint(compiled, resume)))

    def _submit(self, stream: Stream, request: Request) -> None:
        complete = request.constraint is not None and request.constraint.is_complete
        if complete or (stream.text is not None and stream.text.is_complete):
            self._end_at_once(stream, request, "stop")
            return

        def submit(host: ModelHost) -> None:
            close = partial(self._streams.close, stream)
            with self._ordered_replies.failing(stream.request_id, close):
                host.submit(request)
                result = GenerateResult(prompt_tokens=len(request.prompt_tokens))
                self._ordered_replies.succeed(stream.request_id, result)

        if not self._streams.submit(stream, lambda: self._loop.post(submit)):
            self._end_at_once(stream, request, "cancelled")

    def _end_at_once(self, stream: Stream, request: Request, reason: FinishReason) -> None:
        """The sequence never starts, but its caller sees the same frames as for any other."""
        num_prompt_tokens = len(request.prompt_tokens)
        result = GenerateResult(prompt_tokens=num_prompt_tokens)
        self._ordered_replies.succeed(stream.request_id, result)
        usage = replace(
            NO_USAGE,
            prompt_tokens=num_prompt_tokens,
            completion_tokens=len(request.resume_tokens),
        )
        finish = Finish(reason, usage)
        self._emitter.post([StepOutput(stream.id, None, finish=finish)])

    def _require_model(self) -> _Prepared:
        if self._model is None:
            raise model_not_loaded()
        return self._model


def _request(
    params: GenerateParams,
    prompt: Sequence[int],
    prediction: Sequence[int],
    times: RequestTimes,
    pictures: PromptPictures | None,
) -> Request:
    timeout = params.queue_timeout_ms
    return Request(
        stream_id=params.stream_id,
        prompt_tokens=prompt,
        sampling=params.sampling,
        resume_tokens=params.resume_tokens or (),
        priority=params.priority,
        tenant=params.tenant,
        queue_deadline=None if timeout is None else times.received + timeout / 1000,
        credit=params.credit,
        prompt_lookup=params.prompt_lookup,
        prediction=prediction,
        adapter=params.adapter,
        draft_model=params.draft_model,
        block_names=_block_names(params.prompt_blocks, len(prompt)),
        times=times,
        pictures=pictures,
    )


def _with_grammar(times: RequestTimes | None) -> RequestTimes | None:
    """Its grammar was compiled right now."""
    if times is None:
        return None
    return replace(times, grammar=(times.encoded, time.monotonic()))


def _block_names(blocks: WirePromptBlocks | None, num_tokens: int) -> Sequence[tuple[int, int]]:
    if blocks is None:
        return ()
    return place_names(blocks.names, blocks.ends, blocks.length, num_tokens)
