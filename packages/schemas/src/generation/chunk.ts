import * as z from 'zod';
import { OptionalMismatches } from '../common/mismatch.js';
import {
  NonNegativeInteger,
  OptionalNonNegativeInteger,
  OptionalNonNegativeNumber,
  OptionalTokenIds,
  TokenId,
} from '../common/primitives.js';
import {
  AnyNumber,
  OptionalAnything,
  OptionalFlag,
  OptionalNumber,
  OptionalText,
  Text,
  literal,
} from '../common/shared.js';
import { EngineErrorCodeSchema } from '../errors/table.js';
import { GenerationStatsSchema } from './stats.js';

/** The candidate tokens of one position. */
export const TokenLogprobSchema = z.object({
  token: TokenId,
  text: Text,
  logprob: AnyNumber,
  /** UTF-8 of a token that is part of a character and has no text of its own. */
  bytes: z.array(NonNegativeInteger).optional(),
});
export type TokenLogprob = z.infer<typeof TokenLogprobSchema>;

const chunkShape = {
  /** Which answer, when more than one was asked for; absent means 0. */
  index: OptionalNonNegativeInteger,
  /** Milliseconds since the Unix epoch. */
  timestamp: OptionalNonNegativeNumber,
};

const PromptUseSchema = z.object({
  tokens: NonNegativeInteger,
  /** Those of them that were not computed again. */
  cachedTokens: NonNegativeInteger,
});
export type PromptUse = z.infer<typeof PromptUseSchema>;

/** What a chunk came from. */
const sourceShape = {
  /** What the prompt cost: with the first chunk of an answer. */
  prompt: PromptUseSchema.optional(),
  tokenIds: OptionalTokenIds,
  /** Log-probability of the last of the tokens, when asked for. */
  logprob: OptionalNumber,
  /** One entry per token: the token itself and its alternatives, best first. */
  logprobs: z.array(TokenLogprobSchema.extend({ top: z.array(TokenLogprobSchema) })).optional(),
};

/** Text that became certain, with the tokens it came from. */
export const TokenChunkSchema = z
  .object({
    type: literal('token'),
    /** May be empty while a character or a stop text is incomplete. */
    token: Text,
  })
  .extend(sourceShape)
  .extend(chunkShape);
export type TokenChunk = z.infer<typeof TokenChunkSchema>;

/** Thoughts of a model that thinks before it answers. */
export const ReasoningChunkSchema = z
  .object({ type: literal('reasoning'), text: Text })
  .extend(sourceShape)
  .extend(chunkShape);
export type ReasoningChunk = z.infer<typeof ReasoningChunkSchema>;

/** A piece of a tool call; its first piece has the id and the name. */
export const ToolCallDeltaSchema = z.object({
  /** Which call of the answer. */
  index: NonNegativeInteger,
  id: OptionalText,
  name: OptionalText,
  /** JSON text that goes on where the piece before ended. */
  arguments: Text,
});
export type ToolCallDelta = z.infer<typeof ToolCallDeltaSchema>;

export const ToolCallChunkSchema = z
  .object({ type: literal('tool_call'), toolCall: ToolCallDeltaSchema })
  .extend(sourceShape)
  .extend(chunkShape);
export type ToolCallChunk = z.infer<typeof ToolCallChunkSchema>;

export const FinishReasonSchema = z.enum(['stop', 'length', 'tool_calls', 'cancelled']);
export type FinishReason = z.infer<typeof FinishReasonSchema>;

/** The last chunk of an answer that ended without an error. */
export const MetadataChunkSchema = z
  .object({
    type: literal('metadata'),
    stats: GenerationStatsSchema,
    finishReason: FinishReasonSchema.optional(),
    /** The stop text that ended the answer, when one did. */
    stopSequence: OptionalText,
    mismatches: OptionalMismatches,
  })
  .extend(chunkShape);
export type MetadataChunk = z.infer<typeof MetadataChunkSchema>;

/** The last chunk of an answer that failed. */
export const ErrorChunkSchema = z
  .object({
    type: literal('error'),
    error: z.object({
      code: EngineErrorCodeSchema,
      message: Text,
      retryable: OptionalFlag,
      details: OptionalAnything,
    }),
  })
  .extend(chunkShape);
export type ErrorChunk = z.infer<typeof ErrorChunkSchema>;

/** A chunk with something that the model wrote. */
export type WrittenChunk = TokenChunk | ReasoningChunk | ToolCallChunk;

/** One element of a generation stream. */
export const GeneratorChunkSchema = z.discriminatedUnion('type', [
  TokenChunkSchema,
  ReasoningChunkSchema,
  ToolCallChunkSchema,
  MetadataChunkSchema,
  ErrorChunkSchema,
]);
export type GeneratorChunk = z.infer<typeof GeneratorChunkSchema>;
