"""What a model can say about texts without continuing them."""

from __future__ import annotations

import time
from functools import partial

from ...errors import INVALID_PARAMS, RpcError, cancelled, invalid_param
from ...pooling import EmbeddingTraits, EmbedTexts, RerankTexts, ScoreTexts, Task
from ...requests import Failure
from ...wire import WireBatching, WirePooling
from ..kv_cache.layer_caches import LanguageModel
from ..kv_cache.probe import ModelTraits
from ..refusal import out_of_memory, queue_full
from ..scheduling.kv_budget import KVBudget
from ..scheduling.token_budget import DeviceClock, TokenBudget
from ..threads import Threads
from .backbone import Backbone, find_backbone
from .embedding import Embedding
from .job import Job, Listener
from .passes import Passes
from .pooled_text import PooledText
from .reranking import Reranking
from .scoring import Scoring


class Pooler:
    """Every method must be called on the generation thread."""

    def __init__(
        self,
        model: LanguageModel,
        batching: WireBatching,
        traits: ModelTraits,
        memory: KVBudget,
        token_budget: TokenBudget,
        clock: DeviceClock,
        threads: Threads,
        embedding: EmbeddingTraits | None,
    ) -> None:
        """What is shared with the generating sequences: `memory`, `token_budget`, `clock` and
        `threads`."""
        self._model = model
        self._max_queued = batching.max_queued_requests
        self._vocab_size = traits.vocab_size
        self._memory = memory
        self._token_budget = token_budget
        self._clock = clock
        self._threads = threads
        self._embedding = embedding or EmbeddingTraits()
        self._backbone = self._embedding.refusal or find_backbone(model)
        self._embeddings: dict[WirePooling, Embedding] = {}
        self._scorings: dict[int, Scoring] = {}
        self._passes = Passes(batches=traits.prefills_together)
        self._prompt_had_its_turn = False

    @property
    def embedding_size(self) -> int | None:
        """Numbers of a vector; None: the model makes none."""
        return self._backbone.size if isinstance(self._backbone, Backbone) else None

    @property
    def has_work(self) -> bool:
        return self.in_flight or len(self._passes) > 0

    @property
    def in_flight(self) -> bool:
        return self._passes.in_flight

    def submit(self, stream_id: str, task: Task, listener: Listener) -> None:
        """Queues a task; raises Refused, or RpcError for one that the model cannot do."""
        longest = max(len(text) for text in task.texts)
        if self._memory.excess([longest], (), 0) > 0:
            raise out_of_memory(longest)
        if len(self._passes) >= self._max_queued:
            raise queue_full(len(self._passes))
        self._passes.add(self._job(stream_id, task, listener))

    def cancel(self, stream_id: str) -> None:
        """Takes a task back; unknown ones are ignored."""
        self._passes.cancel(stream_id, cancelled())

    def fail(self, failure: Failure) -> None:
        """Ends every task."""
        self._passes.fail_all(failure)

    def launch(self, running: int, *, prompts_wait: bool) -> bool:
        """Starts a pass beside `running` rows; False when there is none, or when it is the
        turn of a prompt that waits to be read."""
        kind = self._passes.next_kind
        if kind is None:
            return False
        if prompts_wait and not self._prompt_had_its_turn:
            self._prompt_had_its_turn = True
            return False
        self._prompt_had_its_turn = False
        begun = time.perf_counter()
        self._threads.begin_reading()
        launched = self._passes.launch(self._token_budget.reading_budget(kind, running))
        if launched:
            self._clock.start(begun)
        return launched

    def settle(self) -> int:
        """Waits for the pass in flight and returns how many tokens it read."""
        if not self.in_flight:
            return 0
        done = self._passes.settle()
        seconds = self._clock.done(time.perf_counter())
        if done is None:
            return 0
        self._token_budget.observe_reading(done.kind, done.tokens, seconds)
        return done.tokens

    def _job(self, stream_id: str, task: Task, listener: Listener) -> Job:
        match task:
            case EmbedTexts():
                return self._embed(stream_id, task, listener)
            case ScoreTexts():
                return self._score(stream_id, task, listener)
            case RerankTexts():
                kind = Reranking(self._model, task)
                return Job(
                    stream_id, kind, list(kind.texts), kind.result, listener, kind.shared_prompt
                )

    def _embed(self, stream_id: str, task: EmbedTexts, listener: Listener) -> Job:
        backbone = self._require_backbone()
        if task.dimensions is not None and task.dimensions > backbone.size:
            raise invalid_param(
                "dimensions", f"Must be at most {backbone.size}, the size of the model's vectors"
            )
        pooling = task.pooling or self._embedding.pooling
        kind = self._embeddings.setdefault(pooling, Embedding(backbone, pooling))
        texts = [PooledText(text) for text in task.texts]
        return Job(stream_id, kind, list(texts), partial(kind.result, texts, task), listener)

    def _score(self, stream_id: str, task: ScoreTexts, listener: Listener) -> Job:
        top = task.top_logprobs
        kind = self._scorings.setdefault(top, Scoring(self._model, self._vocab_size, top))
        texts = [PooledText(text[:-1], following=text[-1]) for text in task.texts]
        pending = [text for text in texts if text.tokens]
        return Job(stream_id, kind, pending, partial(kind.result, texts), listener)

    def _require_backbone(self) -> Backbone:
        if isinstance(self._backbone, Backbone):
            return self._backbone
        raise RpcError(
            INVALID_PARAMS,
            f"The model makes no embeddings here: {self._backbone}. Load an embedding model "
            "with a language model inside, such as Qwen3-Embedding",
            type="unsupported_parameter",
            param="model",
        )
