import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import {
  NonEmptyString,
  NonNegativeInteger,
  NonNegativeNumber,
  OptionalNonEmptyString,
  OptionalNonNegativeInteger,
  OptionalPositiveInteger,
  OptionalTokenIds,
  PositiveInteger,
  TokenIds,
} from '../common/primitives.js';
import { integerOr, numberBetween } from '../common/ranges.js';
import {
  AnyInteger,
  Flag,
  Off,
  On,
  OptionalFlag,
  OptionalText,
  Text,
  TextList,
} from '../common/shared.js';
import { ParallelSchema } from '../config/parallel.js';
import { WireReasoningSchema, WireToolUseSchema } from './answer.js';
import { WireGrammarSchema } from './grammar.js';
import { WirePromptBlocksSchema, WirePromptSchema } from './prompt.js';
import { WireSamplingDefaultsSchema, WireSamplingSchema } from './sampling.js';

export const WireStreamIdSchema = Text.min(1).max(128);

export const WireDeviceSchema = strictObject({
  kind: z.enum(['cpu', 'metal', 'cuda']),
  name: Text,
  /** Bytes a model may use: device memory, or system memory on CPU. */
  memoryBytes: NonNegativeInteger,
});

export const InitializeParamsSchema = strictObject({
  protocolVersion: AnyInteger,
  client: strictObject({ name: Text, version: Text }),
  /** How often the sidecar sends `heartbeat`, in milliseconds. */
  heartbeatIntervalMs: integerOr(50, 60_000, 1000),
});
export const InitializeResultSchema = strictObject({
  protocolVersion: AnyInteger,
  runtimeVersion: Text,
  pid: AnyInteger,
  pythonVersion: Text,
  mlxVersion: Text,
  mlxLmVersion: Text,
  device: WireDeviceSchema,
});

/** Scheduling limits of the process; all have defaults that suit the machine. */
export const WireBatchingSchema = strictObject({
  /** Most rows decoded in one step. */
  maxBatchSize: integerOr(1, 4096, 32),
  /** Most requests waiting for a row; beyond it `generate` answers Overloaded. */
  maxQueuedRequests: integerOr(1, 1_000_000, 1024),
  /** Most tokens of one prompt in one pass. */
  prefillStepSize: integerOr(1, 65_536, 2048),
  /** Shrink the batch when a decode step takes longer than this, in milliseconds; absent: never. */
  targetBatchTimeMs: numberBetween(1, 60_000).optional(),
  /** Bytes of computed prefixes kept for reuse. */
  promptCacheBytes: NonNegativeInteger.default(1_073_741_824),
});
export type WireBatching = z.infer<typeof WireBatchingSchema>;

/** Computed prefixes beyond memory and beyond the life of the process. */
export const WirePromptStoreSchema = strictObject({
  /** A directory of its own; processes and models may share it. */
  directory: NonEmptyString,
  /** Bytes of all files in it together, whoever wrote them. */
  maxBytes: PositiveInteger.default(8_589_934_592),
});
export type WirePromptStore = z.infer<typeof WirePromptStoreSchema>;

export const WeightsPolicy = z.enum(['auto', 'stored', 'dense']).default('auto');

const KvBits = z.literal([4, 8]).optional();

export const LoadParamsSchema = strictObject({
  /** The name the model is known by; reported back, not interpreted. */
  modelId: NonEmptyString,
  /** A local directory with config.json, tokenizer files and safetensors. */
  path: NonEmptyString,
  /** Which representation to compute with; `auto` picks what is fastest on the device. */
  weights: WeightsPolicy,
  batching: WireBatchingSchema.optional(),
  /** Absent: prefixes are kept in memory only. */
  promptStore: WirePromptStoreSchema.optional(),
  /** Bits per value of the key-value cache; absent: as computed. Such rows are served one at a time. */
  kvBits: KvBits,
  /** Draft tokens from what a request's own text repeats, where that is faster. */
  promptLookup: On,
  /** What an earlier process said in its result, to save looking again. */
  traits: OptionalText,
  /**
   * True: a model that cannot see images is refused; false: it is loaded for text only. Absent: it
   * sees them where it can and the packages for that are installed.
   */
  vision: OptionalFlag,
  /** Absent: the process computes alone. */
  parallel: ParallelSchema.extend({
    /** Silence after which the process of another rank is taken for hung, in milliseconds. */
    heartbeatTimeoutMs: integerOr(100, 600_000, 10_000),
  }).optional(),
});
export const WireCapabilitiesSchema = strictObject({
  /** False: it reads texts (vectors, reranking) and writes none. */
  generation: Flag,
  /** False: the model's cache cannot be batched; requests are served one at a time. */
  batching: Flag,
  chat: Flag,
  tools: Flag,
  /** False: the tokenizer is of a kind that grammars cannot work with. */
  grammars: Flag,
  /** How it writes tool calls: a parser of mlx-lm, or `generic`; absent: it has no chat template. */
  toolFormat: OptionalText,
  /** Why the model sees no images; absent: it sees them. */
  blindness: OptionalText,
  /** True: what it thinks is told apart from what it answers. */
  reasoning: Flag,
  /** What a request may ask of its thinking. */
  reasoningOptions: z.array(z.enum(['enabled', 'effort', 'budgetTokens'])),
  /** Numbers of one text's vector; absent: the model makes no embeddings. */
  embeddingSize: OptionalPositiveInteger,
  /** Names of the prompts that its makers put before texts to be embedded. */
  embeddingPrompts: TextList,
  /** How it reranks: by `answers` to a question, or `pairs` as a cross-encoder; absent: not at all. */
  reranking: OptionalText,
  /** False: the model's cache cannot take tokens back, so none are drafted. */
  speculation: Flag,
  /** What the weights were turned into at load, such as `float32` or `4-bit`. */
  weights: Text,
  /** Bits per value of the key-value cache; absent: as computed. */
  kvBits: KvBits,
  /** Processes that compute it together; absent: one. */
  ranks: OptionalPositiveInteger,
  /** From the model's generation_config.json: what applies where a request names nothing. */
  samplingDefaults: WireSamplingDefaultsSchema,
});
export const LoadResultSchema = strictObject({
  modelId: Text,
  architecture: Text,
  contextLength: PositiveInteger,
  vocabSize: PositiveInteger,
  parameterCount: NonNegativeInteger,
  eosTokenIds: TokenIds,
  /** Bytes of weights in memory. */
  weightBytes: NonNegativeInteger,
  loadMs: NonNegativeNumber,
  capabilities: WireCapabilitiesSchema,
  /** What was found out about the model by running it, for the next process that loads it. */
  traits: Text,
});

export const GenerateParamsSchema = strictObject({
  streamId: WireStreamIdSchema,
  prompt: WirePromptSchema,
  sampling: WireSamplingSchema,
  /** What the answer has to look like; absent: anything. */
  grammar: WireGrammarSchema.optional(),
  /** Absent: the prompt's tools, if there are any, may be called freely. */
  toolUse: WireToolUseSchema.optional(),
  reasoning: WireReasoningSchema.optional(),
  /** Tokens generated by an earlier life of this stream; generation goes on after them. */
  resumeTokens: OptionalTokenIds,
  /** Higher is admitted first. */
  priority: integerOr(-100, 100, 0),
  /** Fair sharing and prefix-cache isolation are per tenant. */
  tenant: Text.max(256).default(''),
  /** Longest wait in the queue, in milliseconds; absent: no limit. */
  queueTimeoutMs: OptionalPositiveInteger,
  /** Tokens that may be sent before the first `credit` notification. */
  credit: integerOr(1, 1_000_000, 256),
  /** Draft from the request's own text and grammar where that is faster; its tokens are the same without. */
  promptLookup: On,
  /** What the answer will probably be like: prompt lookup drafts from it first. */
  prediction: OptionalText,
  /** The name of the loaded draft model, to draft with where that is faster; none where it is gone. */
  draftModel: OptionalNonEmptyString,
  /** The name of the loaded adapter to compute with. */
  adapter: OptionalNonEmptyString,
  /** Absent: the prefix cache cannot say what it keeps of it. */
  promptBlocks: WirePromptBlocksSchema.optional(),
});
/** Sent when the request is queued; its tokens follow as `tokens` notifications. */
export const GenerateResultSchema = strictObject({ promptTokens: NonNegativeInteger });

export const TokenizeParamsSchema = strictObject({
  prompt: WirePromptSchema,
  /** As `generate` is asked: a chat template may write something else for it. */
  reasoning: WireReasoningSchema.optional(),
});
export const TokenizeResultSchema = strictObject({
  tokens: TokenIds,
  /** The text of each token, one for one. */
  tokenStrings: TextList,
});

export const DetokenizeParamsSchema = strictObject({ tokens: TokenIds });
export const DetokenizeResultSchema = strictObject({ text: Text });

export const StatsParamsSchema = strictObject({
  /** Say what the prefix cache keeps, too. */
  keptBlocks: Off,
});
/** Counters since the process started, and gauges of this moment. */
export const StatsResultSchema = strictObject({
  uptimeMs: NonNegativeNumber,
  requests: strictObject({
    admitted: NonNegativeInteger,
    finished: NonNegativeInteger,
    cancelled: NonNegativeInteger,
    failed: NonNegativeInteger,
  }),
  rows: strictObject({
    queued: NonNegativeInteger,
    prefilling: NonNegativeInteger,
    decoding: NonNegativeInteger,
    /** Waiting for `credit`. */
    paused: NonNegativeInteger,
  }),
  tokens: strictObject({
    /** Prompt tokens run through the model. */
    prefilled: NonNegativeInteger,
    /** Prompt tokens taken from the prefix cache instead. */
    reused: NonNegativeInteger,
    generated: NonNegativeInteger,
    /** Tokens proposed to the model beyond the next one. */
    drafted: NonNegativeInteger,
    /** Those of them that it chose. */
    accepted: NonNegativeInteger,
  }),
  decodeSteps: NonNegativeInteger,
  prefixCache: strictObject({
    /** Texts that are kept; those that begin alike share what they begin with. */
    entries: NonNegativeInteger,
    bytes: NonNegativeInteger,
    /** Bytes that whole copies of them would take beyond that. */
    sharedBytes: NonNegativeInteger,
    hits: NonNegativeInteger,
    misses: NonNegativeInteger,
    /** Tokens of prompts that were not computed again. */
    hitTokens: NonNegativeInteger,
    /** Blocks and checkpoints that were dropped for want of room. */
    evictions: NonNegativeInteger,
    /** Of this model in the prompt store; all 0 without one. */
    disk: strictObject({
      entries: NonNegativeInteger,
      bytes: NonNegativeInteger,
      hits: NonNegativeInteger,
      misses: NonNegativeInteger,
      written: NonNegativeInteger,
      /** Writes that failed, and files that were found damaged. */
      failed: NonNegativeInteger,
    }),
  }),
  /** Bytes of key-value caches: what running and paused rows and kept prefixes are planned to take. */
  kvCache: strictObject({
    usedBytes: NonNegativeInteger,
    /** What is left beside the weights; absent: not limited. */
    limitBytes: OptionalNonNegativeInteger,
  }),
  memory: strictObject({
    activeBytes: NonNegativeInteger,
    peakBytes: NonNegativeInteger,
    residentBytes: NonNegativeInteger,
  }),
  /** Active bytes of each process of a model over several; absent: it has this one alone. */
  rankBytes: z.array(NonNegativeInteger).optional(),
  /** Lines on stdin that were not a valid frame. */
  malformedFrames: NonNegativeInteger,
  /**
   * Names of the prompt blocks whose computation is kept in memory: base64 of 32 bits for each, the
   * lowest byte first. Absent: not asked for.
   */
  keptBlocks: OptionalText,
});
