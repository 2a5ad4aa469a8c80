import * as z from 'zod';
import {
  NonNegativeInteger,
  OptionalPositiveInteger,
  OptionalRecord,
  PositiveInteger,
} from '../common/primitives.js';
import { openObject } from '../common/objects.js';
import {
  AnyNumber,
  Flag,
  OptionalFlag,
  OptionalNumber,
  OptionalText,
  Text,
  TextList,
  literal,
} from '../common/shared.js';

/** Limits of the images of requests. */
const VisionSchema = openObject({
  /** Most of one prompt. */
  images: PositiveInteger,
  /** Most bytes of one image's file. */
  max_bytes: PositiveInteger,
  /** Most pixels of one image. */
  max_pixels: PositiveInteger,
  /** Most times that one edge may be as long as the other. */
  max_aspect_ratio: PositiveInteger,
  formats: TextList,
});

/** What requests to a model may ask for; the rest is refused by name. */
const CapabilitiesSchema = openObject({
  /** False: it reads texts and writes none. */
  generation: OptionalFlag,
  chat: Flag,
  tools: Flag,
  /** How it writes tool calls. */
  tool_format: OptionalText,
  structured_output: Flag,
  /** True: what it thinks is told apart from what it answers. */
  reasoning: Flag,
  /** What a request may ask of its thinking. */
  reasoning_options: TextList,
  /** Numbers of one text's vector; absent: the model makes no embeddings. */
  embedding_size: OptionalPositiveInteger,
  /** What `prompt_name` of embeddings may be. */
  embedding_prompts: TextList.optional(),
  /** By answers to a question (`answers`) or as a cross-encoder (`pairs`); absent: not at all. */
  reranking: OptionalText,
  /** What images it takes; null: it reads text only. */
  vision: VisionSchema.nullable(),
  /** True: tokens are drafted where that is faster. */
  speculation: Flag,
  draft_models: Flag,
  /** False: requests are served one at a time. */
  batching: Flag,
  /** What the weights were turned into, such as `float32` or `4-bit`. */
  weights: Text,
  /** Bits per value of the key-value cache; absent: as computed. */
  kv_bits: OptionalPositiveInteger,
  /** Devices that share the model; absent: it is on one. */
  ranks: OptionalPositiveInteger,
  /** By endpoint: fields that are accepted and change nothing. */
  without_effect: OptionalRecord,
});

/** Requests for more are refused. */
const LimitsSchema = openObject({
  /** Most tokens that prompt and answer may have together. */
  context_length: PositiveInteger,
  max_tokens: PositiveInteger,
  max_temperature: AnyNumber,
});

/** What applies where a request names nothing, as the model's makers advise. */
const SamplingDefaultsSchema = openObject({
  temperature: OptionalNumber,
  top_p: OptionalNumber,
  top_k: OptionalNumber,
  min_p: OptionalNumber,
  repetition_penalty: OptionalNumber,
});

export const OpenAIModelSchema = openObject({
  id: Text,
  object: literal('model'),
  /** Seconds since the Unix epoch. */
  created: NonNegativeInteger,
  owned_by: Text,
  /* Beyond OpenAI. */
  context_length: OptionalPositiveInteger,
  /** Of an adapter: the model that it is loaded beside. */
  parent: OptionalText,
  /** In memory, on its way there, not there, or given up after crashes. */
  state: OptionalText,
  /** From 0 to 1 while it is being loaded; absent while that cannot be known. */
  progress: OptionalNumber,
  /** What is being done while it is being loaded, for people. */
  step: OptionalText,
  /** Requests that use it now. */
  active_requests: OptionalNumber,
  /** True: it never makes room for others. */
  pinned: OptionalFlag,
  /** Seconds since the Unix epoch at which it leaves memory if nothing uses it; absent: it stays. */
  expires_at: OptionalNumber,
  /** Bytes of weights and key-value caches, while it is in memory. */
  memory_bytes: OptionalNumber,
  /** This and what follows is absent until the model is loaded. */
  capabilities: CapabilitiesSchema.optional(),
  limits: LimitsSchema.optional(),
  sampling_defaults: SamplingDefaultsSchema.optional(),
});
export type OpenAIModel = z.infer<typeof OpenAIModelSchema>;

export const OpenAIModelListSchema = openObject({
  object: literal('list'),
  data: z.array(OpenAIModelSchema),
});
export type OpenAIModelList = z.infer<typeof OpenAIModelListSchema>;
