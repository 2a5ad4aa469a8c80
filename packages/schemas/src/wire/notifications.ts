import * as z from 'zod';
import { strictObject } from '../common/objects.js';
import {
  NonNegativeInteger,
  NonNegativeNumber,
  OptionalNonNegativeInteger,
  OptionalRecord,
  TokenIds,
} from '../common/primitives.js';
import { integerBetween } from '../common/ranges.js';
import { AnyInteger, AnyNumber, OptionalAnything, OptionalText, Text } from '../common/shared.js';
import { WireToolCallSchema } from './answer.js';
import { WireStreamIdSchema } from './requests.js';
import { WireTokenIdSchema } from './sampling.js';

export const CancelParamsSchema = strictObject({ streamId: WireStreamIdSchema });

export const CreditParamsSchema = strictObject({
  streamId: WireStreamIdSchema,
  /** Further tokens that may be sent. */
  tokens: integerBetween(1, 1_000_000),
});

/** UTF-8 of a token that is part of a character and has no text of its own. */
const TokenBytes = z.array(integerBetween(0, 255)).optional();

export const WireTokenLogprobSchema = strictObject({
  token: WireTokenIdSchema,
  logprob: AnyNumber,
  /** The most likely alternatives, best first. */
  top: z.array(
    strictObject({
      token: WireTokenIdSchema,
      text: Text,
      logprob: AnyNumber,
      bytes: TokenBytes,
    }),
  ),
  text: Text,
  bytes: TokenBytes,
});
export type WireTokenLogprob = z.infer<typeof WireTokenLogprobSchema>;

/** Milliseconds since the request's frame arrived. */
const Moment = NonNegativeNumber;
const Span = strictObject({ start: Moment, end: Moment });

/** When what happened to a request; a part that it did not get to is absent. */
export const WireTimelineSchema = strictObject({
  /** Its prompt was turned into tokens. */
  encoded: Moment,
  /** The wait for its grammar's compilation, and that. */
  grammar: Span.optional(),
  /** It began to wait for a place. */
  queued: Moment,
  admitted: Moment.optional(),
  /** Passes that computed parts of its prompt; of very many the last ones are told as one. */
  prefill: z.array(strictObject({ start: Moment, end: Moment, tokens: NonNegativeInteger })),
  /** Its prompt was computed. */
  decoding: Moment.optional(),
  ended: Moment,
});
export type WireTimeline = z.infer<typeof WireTimelineSchema>;

export const WireUsageSchema = strictObject({
  promptTokens: NonNegativeInteger,
  /** Of the prompt tokens, those not computed again. */
  cachedTokens: NonNegativeInteger,
  completionTokens: NonNegativeInteger,
  /** Of the completion tokens, those spent on thoughts; absent: the model does not think. */
  reasoningTokens: OptionalNonNegativeInteger,
  /** Tokens proposed to the model beyond the next one. */
  draftTokens: NonNegativeInteger,
  /** Those of them that it chose. */
  draftTokensAccepted: NonNegativeInteger,
  /** Of the request's prediction, the tokens that are in the answer, and the others; absent: it had none. */
  acceptedPredictionTokens: OptionalNonNegativeInteger,
  rejectedPredictionTokens: OptionalNonNegativeInteger,
  queueMs: NonNegativeNumber,
  prefillMs: NonNegativeNumber,
  decodeMs: NonNegativeNumber,
  /** Absent: it ended before it was queued. */
  timeline: WireTimelineSchema.optional(),
});
export type WireUsage = z.infer<typeof WireUsageSchema>;

export const WireFinishSchema = strictObject({
  reason: z.enum(['stop', 'length', 'tool_calls', 'cancelled', 'error']),
  /** The stop text that ended the row, when one did. */
  stopSequence: OptionalText,
  /** The end-of-sequence or stop token that ended the row, when one did. */
  stopTokenId: WireTokenIdSchema.optional(),
  usage: WireUsageSchema,
  /** Present when and only when the reason is `error`. */
  error: strictObject({ code: AnyInteger, message: Text, data: OptionalAnything }).optional(),
});
export type WireFinish = z.infer<typeof WireFinishSchema>;

/** What a prompt cost. */
export const WirePromptUseSchema = strictObject({
  tokens: NonNegativeInteger,
  /** Those of them that were not computed again. */
  cachedTokens: NonNegativeInteger,
});
export type WirePromptUse = z.infer<typeof WirePromptUseSchema>;

/** What one step produced for one stream: text, thoughts or a piece of a tool call. */
export const WireTokenRowSchema = strictObject({
  streamId: WireStreamIdSchema,
  /** Text that became certain; empty while a character or a stop text is incomplete. */
  text: Text,
  tokens: TokenIds,
  /** With the first token of a stream's life. */
  prompt: WirePromptUseSchema.optional(),
  logprobs: z.array(WireTokenLogprobSchema).optional(),
  /** Thoughts that became certain; `text` is empty then. */
  reasoning: OptionalText,
  /** A piece of a call; `text` is empty then. */
  toolCall: WireToolCallSchema.optional(),
  /** Why `text`, which began like a tool call, is none. */
  mismatch: OptionalText,
  finish: WireFinishSchema.optional(),
});
export type WireTokenRow = z.infer<typeof WireTokenRowSchema>;

/** One frame per step; a stream whose step had several parts has several rows. */
export const TokensParamsSchema = strictObject({ rows: z.array(WireTokenRowSchema) });

export const ProgressParamsSchema = strictObject({
  phase: z.enum(['load', 'prefill']),
  /** Which request, for `prefill`. */
  streamId: WireStreamIdSchema.optional(),
  done: NonNegativeNumber,
  total: NonNegativeNumber,
  unit: z.enum(['bytes', 'tokens', 'steps']),
});
export type WireProgress = z.infer<typeof ProgressParamsSchema>;

export const LogParamsSchema = strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: Text,
  fields: OptionalRecord,
});
export type WireLog = z.infer<typeof LogParamsSchema>;

export const HeartbeatParamsSchema = strictObject({
  uptimeMs: NonNegativeNumber,
  /** Grows while the generation thread makes progress. */
  ticks: NonNegativeInteger,
  /** What the generation thread is doing; a native call may hold it for long. */
  activity: z.enum(['idle', 'loading', 'prefilling', 'decoding']),
});
export type WireHeartbeat = z.infer<typeof HeartbeatParamsSchema>;
