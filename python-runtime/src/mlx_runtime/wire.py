"""The wire protocol's structs, generated from @mlx/schemas/wire.

Do not edit: change the schemas and run `pnpm --filter @mlx/schemas generate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

PROTOCOL_VERSION = 1
MAX_FRAME_BYTES = 67_108_864
MAX_SAFE_INTEGER = 9_007_199_254_740_991

SafeInteger = Annotated[int, Meta(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]
Count = Annotated[int, Meta(ge=0, le=MAX_SAFE_INTEGER)]
WireStreamId = Annotated[str, Meta(min_length=1, max_length=128)]
WireTokenId = Annotated[int, Meta(ge=0, le=2_147_483_647)]
WirePooling = Literal["mean", "last", "cls"]
WireSeed = Count
WireErrorType = Literal[
    "context_length_exceeded",
    "chat_template_error",
    "duplicate_stream",
    "grammar_failed",
    "invalid_grammar",
    "model_load_failed",
    "model_not_loaded",
    "non_finite_logits",
    "out_of_memory",
    "protocol_version_mismatch",
    "queue_full",
    "queue_timeout",
    "shutting_down",
    "unsupported_parameter",
    "invalid_image",
]


# Numbers of JSON-RPC errors, by what went wrong.
PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_ERROR = -32000
MODEL_LOAD_ERROR = -32001
GENERATION_ERROR = -32002
TOKENIZER_ERROR = -32003
GUIDANCE_ERROR = -32004
MODEL_NOT_LOADED = -32005
RUNTIME_ERROR = -32099


class OpenWireStruct(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Fields are camelCase on the wire; one that is None by default is left out."""


class WireStruct(OpenWireStruct, frozen=True, forbid_unknown_fields=True):
    """As above, and a field that the schemas do not name is an error."""


class CancelParams(WireStruct, frozen=True, kw_only=True):
    stream_id: WireStreamId


class CheckDraftParams(WireStruct, frozen=True, kw_only=True):
    path: Annotated[str, Meta(min_length=1)]


class CheckDraftResult(WireStruct, frozen=True, kw_only=True):
    architecture: str
    context_length: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
    vocab_size: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
    parameter_count: Count
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


class CreditParams(WireStruct, frozen=True, kw_only=True):
    stream_id: WireStreamId
    tokens: Annotated[int, Meta(ge=1, le=1_000_000)]


class DetokenizeParams(WireStruct, frozen=True, kw_only=True):
    tokens: tuple[WireTokenId, ...]


class DetokenizeResult(WireStruct, frozen=True, kw_only=True):
    text: str


class WirePromptText(WireStruct, frozen=True, kw_only=True, tag="text"):
    text: str
    add_special_tokens: bool = True


class WirePromptTokens(WireStruct, frozen=True, kw_only=True, tag="tokens"):
    tokens: Annotated[tuple[WireTokenId, ...], Meta(min_length=1)]


class WireMessageParts(WireStruct, frozen=True, kw_only=True):
    text: str
    allow_special_tokens: bool = False
    image: str | None = None
    detail: str | None = None


class WireMessageToolCalls(WireStruct, frozen=True, kw_only=True):
    id: str
    name: str
    arguments: str


class WireMessage(WireStruct, frozen=True, kw_only=True):
    role: Annotated[str, Meta(min_length=1, max_length=64)]
    content: str | None
    parts: tuple[WireMessageParts, ...] | None = None
    reasoning: str | None = None
    name: Annotated[str, Meta(max_length=256)] | None = None
    tool_call_id: Annotated[str, Meta(max_length=256)] | None = None
    tool_calls: tuple[WireMessageToolCalls, ...] | None = None


class WirePromptChat(WireStruct, frozen=True, kw_only=True, tag="chat"):
    messages: Annotated[tuple[WireMessage, ...], Meta(min_length=1)]
    tools: tuple[dict[str, object], ...] | None = None
    template_options: dict[str, object] | None = None
    continue_final_message: bool = False


WirePrompt = WirePromptText | WirePromptTokens | WirePromptChat


class EmbedParams(WireStruct, frozen=True, kw_only=True):
    pooling: WirePooling | None = None
    dimensions: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)] | None = None
    prompt_name: str | None = None
    stream_id: WireStreamId
    input: Annotated[tuple[WirePrompt, ...], Meta(min_length=1, max_length=2_048)]
    normalize: bool = True


class EmbedResult(WireStruct, frozen=True, kw_only=True):
    vectors: tuple[str, ...]
    pooling: WirePooling
    prompt_tokens: tuple[Count, ...]


class WireSampling(WireStruct, frozen=True, kw_only=True):
    max_tokens: Annotated[int, Meta(ge=1, le=1_000_000)]
    temperature: Annotated[float, Meta(ge=0, le=2)] = 1.0
    top_p: Annotated[float, Meta(ge=0, le=1)] = 1.0
    top_k: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    min_p: Annotated[float, Meta(ge=0, le=1)] = 0.0
    presence_penalty: Annotated[float, Meta(ge=-2, le=2)] = 0.0
    frequency_penalty: Annotated[float, Meta(ge=-2, le=2)] = 0.0
    repetition_penalty: Annotated[float, Meta(ge=0.01, le=100)] = 1.0
    logit_bias: dict[str, Annotated[float, Meta(ge=-100, le=100)]] | None = None
    seed: WireSeed | None = None
    stop: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=1_000)], ...],
        Meta(max_length=64),
    ] = ()
    stop_token_ids: Annotated[tuple[WireTokenId, ...], Meta(max_length=1_024)] = ()
    ignore_eos: bool = False
    logprobs: bool = False
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] = 0


class WireGrammarJsonSchema(WireStruct, frozen=True, kw_only=True, tag="json_schema"):
    schema: Annotated[str, Meta(min_length=1, max_length=8_000_000)]
    strict: bool = True


class WireGrammarRegex(WireStruct, frozen=True, kw_only=True, tag="regex"):
    pattern: Annotated[str, Meta(min_length=1, max_length=8_000_000)]


class WireGrammarChoice(WireStruct, frozen=True, kw_only=True, tag="choice"):
    choices: Annotated[
        tuple[Annotated[str, Meta(max_length=100_000)], ...],
        Meta(min_length=1, max_length=10_000),
    ]


class WireGrammarLark(WireStruct, frozen=True, kw_only=True, tag="lark"):
    grammar: Annotated[str, Meta(min_length=1, max_length=8_000_000)]


WireGrammar = WireGrammarJsonSchema | WireGrammarRegex | WireGrammarChoice | WireGrammarLark


class WireToolUse(WireStruct, frozen=True, kw_only=True):
    choice: Literal["auto", "required"] = "auto"
    name: Annotated[str, Meta(min_length=1, max_length=128)] | None = None
    parallel: bool | None = None


class WireReasoning(WireStruct, frozen=True, kw_only=True):
    enabled: bool | None = None
    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    budget_tokens: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None


class WirePromptBlocks(WireStruct, frozen=True, kw_only=True):
    names: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=4_294_967_295)], ...],
        Meta(max_length=1_024),
    ]
    ends: Annotated[tuple[Count, ...], Meta(max_length=1_024)]
    length: Count


class GenerateParams(WireStruct, frozen=True, kw_only=True):
    stream_id: WireStreamId
    prompt: WirePrompt
    sampling: WireSampling
    grammar: WireGrammar | None = None
    tool_use: WireToolUse | None = None
    reasoning: WireReasoning | None = None
    resume_tokens: tuple[WireTokenId, ...] | None = None
    priority: Annotated[int, Meta(ge=-100, le=100)] = 0
    tenant: Annotated[str, Meta(max_length=256)] = ""
    queue_timeout_ms: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)] | None = None
    credit: Annotated[int, Meta(ge=1, le=1_000_000)] = 256
    prompt_lookup: bool = True
    prediction: str | None = None
    draft_model: Annotated[str, Meta(min_length=1)] | None = None
    adapter: Annotated[str, Meta(min_length=1)] | None = None
    prompt_blocks: WirePromptBlocks | None = None


class GenerateResult(WireStruct, frozen=True, kw_only=True):
    prompt_tokens: Count


class HeartbeatParams(WireStruct, frozen=True, kw_only=True):
    uptime_ms: Annotated[float, Meta(ge=0)]
    ticks: Count
    activity: Literal["idle", "loading", "prefilling", "decoding"]


class InitializeParamsClient(WireStruct, frozen=True, kw_only=True):
    name: str
    version: str


class InitializeParams(WireStruct, frozen=True, kw_only=True):
    protocol_version: SafeInteger
    client: InitializeParamsClient
    heartbeat_interval_ms: Annotated[int, Meta(ge=50, le=60_000)] = 1_000


class WireDevice(WireStruct, frozen=True, kw_only=True):
    kind: Literal["cpu", "metal", "cuda"]
    name: str
    memory_bytes: Count


class InitializeResult(WireStruct, frozen=True, kw_only=True):
    protocol_version: SafeInteger
    runtime_version: str
    pid: SafeInteger
    python_version: str
    mlx_version: str
    mlx_lm_version: str
    device: WireDevice


class JsonRpcError(OpenWireStruct, frozen=True, kw_only=True):
    code: SafeInteger
    message: str
    data: object | None = None


class LoadAdapterParams(WireStruct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1)]
    path: Annotated[str, Meta(min_length=1)]


class LoadAdapterResult(WireStruct, frozen=True, kw_only=True):
    rank: Count
    memory_bytes: Count


class LoadDraftParams(WireStruct, frozen=True, kw_only=True):
    model_id: Annotated[str, Meta(min_length=1)]
    path: Annotated[str, Meta(min_length=1)]
    weights: Literal["auto", "stored", "dense"] = "auto"


class LoadDraftResult(WireStruct, frozen=True, kw_only=True):
    architecture: str
    context_length: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
    vocab_size: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
    parameter_count: Count
    weight_bytes: Count
    load_ms: Annotated[float, Meta(ge=0)]
    weights: str
    warnings: tuple[str, ...]


class WireBatching(WireStruct, frozen=True, kw_only=True):
    max_batch_size: Annotated[int, Meta(ge=1, le=4_096)] = 32
    max_queued_requests: Annotated[int, Meta(ge=1, le=1_000_000)] = 1_024
    prefill_step_size: Annotated[int, Meta(ge=1, le=65_536)] = 2_048
    target_batch_time_ms: Annotated[float, Meta(ge=1, le=60_000)] | None = None
    prompt_cache_bytes: Count = 1_073_741_824


class WirePromptStore(WireStruct, frozen=True, kw_only=True):
    directory: Annotated[str, Meta(min_length=1)]
    max_bytes: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)] = 8_589_934_592


class LoadParamsParallel(WireStruct, frozen=True, kw_only=True):
    ranks: Annotated[int, Meta(ge=1, le=64)] = 1
    backend: Literal["auto", "ring", "nccl", "jaccl"] = "auto"
    hosts: str = ""
    heartbeat_timeout_ms: Annotated[int, Meta(ge=100, le=600_000)] = 10_000


class LoadParams(WireStruct, frozen=True, kw_only=True):
    model_id: Annotated[str, Meta(min_length=1)]
    path: Annotated[str, Meta(min_length=1)]
    weights: Literal["auto", "stored", "dense"] = "auto"
    batching: WireBatching | None = None
    prompt_store: WirePromptStore | None = None
    kv_bits: Literal[4, 8] | None = None
    prompt_lookup: bool = True
    traits: str | None = None
    vision: bool | None = None
    parallel: LoadParamsParallel | None = None


class WireSamplingDefaults(WireStruct, frozen=True, kw_only=True):
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_k: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    min_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    repetition_penalty: Annotated[float, Meta(ge=0.01, le=100)] | None = None


class WireCapabilities(WireStruct, frozen=True, kw_only=True):
    generation: bool
    batching: bool
    chat: bool
    tools: bool
    grammars: bool
    tool_format: str | None = None
    blindness: str | None = None
    reasoning: bool
    reasoning_options: tuple[Literal["enabled", "effort", "budgetTokens"], ...]
    embedding_size: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)] | None = None
    embedding_prompts: tuple[str, ...]
    reranking: str | None = None
    speculation: bool
    weights: str
    kv_bits: Literal[4, 8] | None = None
    ranks: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)] | None = None
    sampling_defaults: WireSamplingDefaults


class LoadResult(WireStruct, frozen=True, kw_only=True):
    model_id: str
    architecture: str
    context_length: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
    vocab_size: Annotated[int, Meta(ge=1, le=MAX_SAFE_INTEGER)]
    parameter_count: Count
    eos_token_ids: tuple[WireTokenId, ...]
    weight_bytes: Count
    load_ms: Annotated[float, Meta(ge=0)]
    capabilities: WireCapabilities
    traits: str


class LogParams(WireStruct, frozen=True, kw_only=True):
    level: Literal["debug", "info", "warn", "error"]
    message: str
    fields: dict[str, object] | None = None


class Nothing(WireStruct, frozen=True, kw_only=True):
    pass


class ProgressParams(WireStruct, frozen=True, kw_only=True):
    phase: Literal["load", "prefill"]
    stream_id: WireStreamId | None = None
    done: Annotated[float, Meta(ge=0)]
    total: Annotated[float, Meta(ge=0)]
    unit: Literal["bytes", "tokens", "steps"]


class RerankParams(WireStruct, frozen=True, kw_only=True):
    stream_id: WireStreamId
    documents: Annotated[tuple[WirePrompt, ...], Meta(min_length=1, max_length=2_048)]
    yes: Annotated[str, Meta(min_length=1, max_length=64)]
    no: Annotated[str, Meta(min_length=1, max_length=64)]
    query: str | None = None


class RerankResult(WireStruct, frozen=True, kw_only=True):
    scores: tuple[Annotated[float, Meta(ge=0, le=1)], ...]
    prompt_tokens: tuple[Count, ...]
    shared_tokens: Count


class ScoreParams(WireStruct, frozen=True, kw_only=True):
    stream_id: WireStreamId
    input: Annotated[tuple[WirePrompt, ...], Meta(min_length=1, max_length=2_048)]
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] = 0


class WireScoredTextFirst(WireStruct, frozen=True, kw_only=True):
    token: WireTokenId
    text: str


class WireTokenLogprobTop(WireStruct, frozen=True, kw_only=True):
    token: WireTokenId
    text: str
    logprob: float
    bytes: tuple[Annotated[int, Meta(ge=0, le=255)], ...] | None = None


class WireTokenLogprob(WireStruct, frozen=True, kw_only=True):
    token: WireTokenId
    logprob: float
    top: tuple[WireTokenLogprobTop, ...]
    text: str
    bytes: tuple[Annotated[int, Meta(ge=0, le=255)], ...] | None = None


class WireScoredText(WireStruct, frozen=True, kw_only=True):
    first: WireScoredTextFirst
    rest: tuple[WireTokenLogprob, ...]


class ScoreResult(WireStruct, frozen=True, kw_only=True):
    texts: tuple[WireScoredText, ...]


class StatsParams(WireStruct, frozen=True, kw_only=True):
    kept_blocks: bool = False


class StatsResultRequests(WireStruct, frozen=True, kw_only=True):
    admitted: Count
    finished: Count
    cancelled: Count
    failed: Count


class StatsResultRows(WireStruct, frozen=True, kw_only=True):
    queued: Count
    prefilling: Count
    decoding: Count
    paused: Count


class StatsResultTokens(WireStruct, frozen=True, kw_only=True):
    prefilled: Count
    reused: Count
    generated: Count
    drafted: Count
    accepted: Count


class StatsResultPrefixCacheDisk(WireStruct, frozen=True, kw_only=True):
    entries: Count
    bytes: Count
    hits: Count
    misses: Count
    written: Count
    failed: Count


class StatsResultPrefixCache(WireStruct, frozen=True, kw_only=True):
    entries: Count
    bytes: Count
    shared_bytes: Count
    hits: Count
    misses: Count
    hit_tokens: Count
    evictions: Count
    disk: StatsResultPrefixCacheDisk


class StatsResultKvCache(WireStruct, frozen=True, kw_only=True):
    used_bytes: Count
    limit_bytes: Count | None = None


class StatsResultMemory(WireStruct, frozen=True, kw_only=True):
    active_bytes: Count
    peak_bytes: Count
    resident_bytes: Count


class StatsResult(WireStruct, frozen=True, kw_only=True):
    uptime_ms: Annotated[float, Meta(ge=0)]
    requests: StatsResultRequests
    rows: StatsResultRows
    tokens: StatsResultTokens
    decode_steps: Count
    prefix_cache: StatsResultPrefixCache
    kv_cache: StatsResultKvCache
    memory: StatsResultMemory
    rank_bytes: tuple[Count, ...] | None = None
    malformed_frames: Count
    kept_blocks: str | None = None


class TokenizeParams(WireStruct, frozen=True, kw_only=True):
    prompt: WirePrompt
    reasoning: WireReasoning | None = None


class TokenizeResult(WireStruct, frozen=True, kw_only=True):
    tokens: tuple[WireTokenId, ...]
    token_strings: tuple[str, ...]


class WirePromptUse(WireStruct, frozen=True, kw_only=True):
    tokens: Count
    cached_tokens: Count


class WireToolCall(WireStruct, frozen=True, kw_only=True):
    index: Count
    id: str | None = None
    name: str | None = None
    arguments: str
    raw: str | None = None


class WireTimelineGrammar(WireStruct, frozen=True, kw_only=True):
    start: Annotated[float, Meta(ge=0)]
    end: Annotated[float, Meta(ge=0)]


class WireTimelinePrefill(WireStruct, frozen=True, kw_only=True):
    start: Annotated[float, Meta(ge=0)]
    end: Annotated[float, Meta(ge=0)]
    tokens: Count


class WireTimeline(WireStruct, frozen=True, kw_only=True):
    encoded: Annotated[float, Meta(ge=0)]
    grammar: WireTimelineGrammar | None = None
    queued: Annotated[float, Meta(ge=0)]
    admitted: Annotated[float, Meta(ge=0)] | None = None
    prefill: tuple[WireTimelinePrefill, ...]
    decoding: Annotated[float, Meta(ge=0)] | None = None
    ended: Annotated[float, Meta(ge=0)]


class WireUsage(WireStruct, frozen=True, kw_only=True):
    prompt_tokens: Count
    cached_tokens: Count
    completion_tokens: Count
    reasoning_tokens: Count | None = None
    draft_tokens: Count
    draft_tokens_accepted: Count
    accepted_prediction_tokens: Count | None = None
    rejected_prediction_tokens: Count | None = None
    queue_ms: Annotated[float, Meta(ge=0)]
    prefill_ms: Annotated[float, Meta(ge=0)]
    decode_ms: Annotated[float, Meta(ge=0)]
    timeline: WireTimeline | None = None


class WireFinishError(WireStruct, frozen=True, kw_only=True):
    code: SafeInteger
    message: str
    data: object | None = None


class WireFinish(WireStruct, frozen=True, kw_only=True):
    reason: Literal["stop", "length", "tool_calls", "cancelled", "error"]
    stop_sequence: str | None = None
    stop_token_id: WireTokenId | None = None
    usage: WireUsage
    error: WireFinishError | None = None


class WireTokenRow(WireStruct, frozen=True, kw_only=True):
    stream_id: WireStreamId
    text: str
    tokens: tuple[WireTokenId, ...]
    prompt: WirePromptUse | None = None
    logprobs: tuple[WireTokenLogprob, ...] | None = None
    reasoning: str | None = None
    tool_call: WireToolCall | None = None
    mismatch: str | None = None
    finish: WireFinish | None = None


class TokensParams(WireStruct, frozen=True, kw_only=True):
    rows: tuple[WireTokenRow, ...]


class UnloadAdapterParams(WireStruct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1)]


class WireErrorData(OpenWireStruct, frozen=True, kw_only=True):
    type: WireErrorType
    param: str | None = None


# Method to (parameters, result), then notifications as the sidecar sees them.
REQUESTS: Mapping[str, tuple[type[msgspec.Struct], type[msgspec.Struct]]] = {
    "initialize": (InitializeParams, InitializeResult),
    "load": (LoadParams, LoadResult),
    "checkDraft": (CheckDraftParams, CheckDraftResult),
    "loadDraft": (LoadDraftParams, LoadDraftResult),
    "unloadDraft": (Nothing, Nothing),
    "loadAdapter": (LoadAdapterParams, LoadAdapterResult),
    "unloadAdapter": (UnloadAdapterParams, Nothing),
    "generate": (GenerateParams, GenerateResult),
    "tokenize": (TokenizeParams, TokenizeResult),
    "detokenize": (DetokenizeParams, DetokenizeResult),
    "embed": (EmbedParams, EmbedResult),
    "score": (ScoreParams, ScoreResult),
    "rerank": (RerankParams, RerankResult),
    "stats": (StatsParams, StatsResult),
    "shutdown": (Nothing, Nothing),
}
NOTIFICATIONS_RECEIVED: Mapping[str, type[msgspec.Struct]] = {
    "cancel": CancelParams,
    "credit": CreditParams,
}
NOTIFICATIONS_SENT: Mapping[str, type[msgspec.Struct]] = {
    "tokens": TokensParams,
    "progress": ProgressParams,
    "log": LogParams,
    "heartbeat": HeartbeatParams,
}
