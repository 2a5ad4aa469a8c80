import * as z from 'zod';
import {
  NonEmptyString,
  NonNegativeInteger,
  NonNegativeNumber,
  OptionalNonNegativeInteger,
  OptionalNonNegativeNumber,
  OptionalRecord,
  QuantizationMode,
  UnknownRecord,
} from '../common/primitives.js';
import { OptionalNumber, OptionalText, Text, TextList } from '../common/shared.js';
import { EngineErrorCodeSchema } from '../errors/table.js';
import { GenerationStatsSchema } from '../generation/stats.js';

/** Milliseconds since the Unix epoch; always there on events that the engine emits. */
const timestamp = OptionalNonNegativeNumber;

export const ModelLoadedEventSchema = z.object({
  model: NonEmptyString,
  /** The directory the weights came from. */
  modelPath: OptionalText,
  quantization: QuantizationMode.optional(),
  /** How many parameters the model has, or what it was loaded with. */
  parameters: z.union([NonNegativeInteger, UnknownRecord]).optional(),
  timestamp,
});
export type ModelLoadedEvent = z.infer<typeof ModelLoadedEventSchema>;

export const ModelUnloadedEventSchema = z.object({ model: NonEmptyString, timestamp });
export type ModelUnloadedEvent = z.infer<typeof ModelUnloadedEventSchema>;

/** The model's files changed on disk, or the sidecar that held it was lost. */
export const ModelInvalidatedEventSchema = z.object({
  model: NonEmptyString,
  reason: NonEmptyString,
  /** Of a process that was lost: how it ended, its last words, which restart is under way. */
  details: OptionalRecord,
  timestamp,
});
export type ModelInvalidatedEvent = z.infer<typeof ModelInvalidatedEventSchema>;

export const GenerationStartedEventSchema = z.object({
  streamId: NonEmptyString,
  model: NonEmptyString,
  /** The prompt's beginning, or a word about what it was. */
  prompt: OptionalText,
  /** `chat`, or `text_completion` of a prompt without messages. */
  operation: OptionalText,
  timestamp,
});
export type GenerationStartedEvent = z.infer<typeof GenerationStartedEventSchema>;

export const TokenGeneratedEventSchema = z.object({
  streamId: NonEmptyString,
  token: Text,
  logprob: OptionalNumber,
  /** Which answer, when more than one was asked for; absent means 0. */
  index: OptionalNonNegativeInteger,
  timestamp,
});
export type TokenGeneratedEvent = z.infer<typeof TokenGeneratedEventSchema>;

/** A histogram with the borders of `gapBorders`, and the sum of all in seconds. */
export const TokenGapsSchema = z.object({
  counts: z.array(NonNegativeInteger),
  sum: NonNegativeNumber,
});
export type TokenGaps = z.infer<typeof TokenGapsSchema>;

export const GenerationCompletedEventSchema = z.object({
  streamId: NonEmptyString,
  stats: GenerationStatsSchema,
  /** Why each answer ended. */
  finishReasons: TextList.optional(),
  /** Seconds in the queue, over the prompt and writing, as the runtime measured them. */
  queueTime: OptionalNonNegativeNumber,
  prefillTime: OptionalNonNegativeNumber,
  decodeTime: OptionalNonNegativeNumber,
  /** Tokens proposed to the model beyond the next one. */
  draftTokens: OptionalNonNegativeInteger,
  /** Times between tokens as they were handed out. */
  tokenGaps: TokenGapsSchema.optional(),
  timestamp,
});
export type GenerationCompletedEvent = z.infer<typeof GenerationCompletedEventSchema>;

/** A model read texts without continuing them: `embed`, `score` or `rerank`. */
export const PoolingCompletedEventSchema = z.object({
  model: NonEmptyString,
  method: NonEmptyString,
  promptTokens: NonNegativeInteger,
  /** From the call to its result, in seconds. */
  totalTime: NonNegativeNumber,
  timestamp,
});
export type PoolingCompletedEvent = z.infer<typeof PoolingCompletedEventSchema>;

/** Text that began like a tool call is none, or a call's arguments do not fit their schema. */
export const ToolMismatchEventSchema = z.object({
  streamId: NonEmptyString,
  model: NonEmptyString,
  /** The function, where its name could be read. */
  tool: OptionalText,
  reason: Text,
  /** What the model wrote. */
  text: Text,
  timestamp,
});
export type ToolMismatchEvent = z.infer<typeof ToolMismatchEventSchema>;

export const ErrorEventSchema = z.object({
  error: z.object({ message: Text, code: EngineErrorCodeSchema }),
  /** Where it happened: stream, model, method. */
  context: OptionalRecord,
  timestamp,
});
export type ErrorEvent = z.infer<typeof ErrorEventSchema>;

const RuntimeStatusSchema = z.enum(['starting', 'ready', 'error', 'stopped']);

export const RuntimeStatusEventSchema = z.object({
  status: RuntimeStatusSchema,
  previousStatus: RuntimeStatusSchema.optional(),
  timestamp,
});
export type RuntimeStatusEvent = z.infer<typeof RuntimeStatusEventSchema>;

/** The schema of each event under the name it is emitted with. */
export const engineEvents = {
  'model:loaded': ModelLoadedEventSchema,
  'model:unloaded': ModelUnloadedEventSchema,
  'model:invalidated': ModelInvalidatedEventSchema,
  'generation:started': GenerationStartedEventSchema,
  'generation:token': TokenGeneratedEventSchema,
  'generation:completed': GenerationCompletedEventSchema,
  'pooling:completed': PoolingCompletedEventSchema,
  'tool:mismatch': ToolMismatchEventSchema,
  error: ErrorEventSchema,
  'runtime:status': RuntimeStatusEventSchema,
} as const;
export type EngineEventName = keyof typeof engineEvents;

/** Payloads as they are emitted: the timestamp is always there. */
export type EngineEvents = {
  [Name in EngineEventName]: z.infer<(typeof engineEvents)[Name]> & { timestamp: number };
};
