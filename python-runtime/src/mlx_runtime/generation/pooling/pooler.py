"""What a model can say about texts without continuing them: embeddings, scores, rankings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ...errors import INVALID_PARAMS, Failure, RpcError, cancelled, invalid_param
from ...pooling import EmbedTexts, JudgePairs, RerankTexts, ScoreTexts, Task
from ...wire import WirePooling
from ..model_traits import ServingSettings
from ..refusal import out_of_memory, queue_full
from ..scheduling.kv_budget import KVBudget
from ..scheduling.token_budget import TokenBudget
from .embedding import Embedding
from .job import Job, Listener, PoolingPlan
from .judging import Judging
from .passes import Passes
from .pooled_text import Outputs, PooledText
from .reranking import Reranking
from .scoring import Scoring


class Pooler:
    """Every method must be called on the generation thread."""

    def __init__(
        self, settings: ServingSettings, kv_budget: KVBudget, token_budget: TokenBudget
    ) -> None:
        """`kv_budget` and `token_budget` are those of the sequences that are served beside."""
        self.embedding_size = settings.embedding_size
        self._max_queued = settings.batching.max_queued_requests
        self._kv_budget = kv_budget
        self._token_budget = token_budget
        self._vocab_size = settings.traits.vocab_size
        self._embedding = settings.embedding
        self._encoder = settings.encoder
        self._embeddings: dict[WirePooling, Embedding] = {}
        self._judging = Judging()
        self._scorings: dict[int, Scoring] = {}
        self._passes = Passes(batches=settings.traits.prefills_together)
        self._prompt_had_its_turn = False

    @property
    def has_work(self) -> bool:
        return len(self._passes) > 0

    def submit(self, stream_id: str, task: Task, listener: Listener) -> None:
        """Queues a task; raises Refused, or RpcError for one that the model cannot do."""
        longest = max(len(text) for text in task.texts)
        if self._kv_budget.excess([longest], (), 0) > 0:
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

    def plan(self, running: int, *, prompts_wait: bool) -> PoolingPlan | None:
        """The next pass beside `running` sequences; None when there is none, or when it is the
        turn of a prompt that waits to be prefilled."""
        kind = self._passes.next_kind
        if kind is None:
            return None
        if prompts_wait and not self._prompt_had_its_turn:
            self._prompt_had_its_turn = True
            return None
        self._prompt_had_its_turn = False
        return self._passes.plan(self._token_budget.pooling_budget(kind, running))

    def settle(self, plan: PoolingPlan, wait: Callable[[], Outputs]) -> bool:
        """Waits for a pass and tells the listeners of the tasks that it ended; False when it
        failed."""
        return self._passes.settle(plan, wait)

    def _job(self, stream_id: str, task: Task, listener: Listener) -> Job:
        match task:
            case EmbedTexts():
                return self._embed(stream_id, task, listener)
            case ScoreTexts():
                return self._score(stream_id, task, listener)
            case RerankTexts():
                kind = Reranking(task)
                texts = list(kind.texts)
                return Job(stream_id, kind, texts, kind.result, listener, kind.shared_prompt)
            case JudgePairs():
                return self._judge(stream_id, task, listener)

    def _embed(self, stream_id: str, task: EmbedTexts, listener: Listener) -> Job:
        size = self._require_embedding_size()
        if task.dimensions is not None and task.dimensions > size:
            raise invalid_param(
                "dimensions", f"Must be at most {size}, the size of the model's vectors"
            )
        pooling = task.pooling or self._embedding.pooling
        kind = self._embeddings.setdefault(pooling, self._embedding_kind(pooling, size))
        texts = [PooledText(text) for text in task.texts]
        return Job(stream_id, kind, list(texts), partial(kind.result, texts, task), listener)

    def _embedding_kind(self, pooling: WirePooling, size: int) -> Embedding:
        projections = self._embedding.projections
        return Embedding(size, pooling, projections, splits=self._encoder is None)

    def _judge(self, stream_id: str, task: JudgePairs, listener: Listener) -> Job:
        if self._encoder != "judges pairs":
            raise RpcError(
                INVALID_PARAMS,
                "The model is no cross-encoder: it has no head that judges pairs of texts",
                type="unsupported_parameter",
                param="model",
            )
        pairs = zip(task.texts, task.token_types, strict=True)
        texts = [PooledText(text, token_types=types) for text, types in pairs]
        result = partial(self._judging.result, texts)
        return Job(stream_id, self._judging, list(texts), result, listener)

    def _score(self, stream_id: str, task: ScoreTexts, listener: Listener) -> Job:
        top = task.top_logprobs
        kind = self._scorings.setdefault(top, Scoring(self._vocab_size, top))
        texts = [PooledText(text[:-1], following=text[-1]) for text in task.texts]
        pending = [text for text in texts if text.tokens]
        return Job(stream_id, kind, pending, partial(kind.result, texts), listener)

    def _require_embedding_size(self) -> int:
        if self.embedding_size is not None:
            return self.embedding_size
        raise RpcError(
            INVALID_PARAMS,
            f"The model makes no embeddings here: {self._embedding.refusal}. Load an embedding "
            "model, such as Qwen3-Embedding",
            type="unsupported_parameter",
            param="model",
        )
