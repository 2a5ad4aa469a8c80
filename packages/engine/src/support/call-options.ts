import { NonEmptyString } from '@mlx/schemas/common';
import * as z from 'zod';
import { validate } from './validate.js';

const AbortSignalSchema = z.custom<AbortSignal>(
  (value) => value instanceof AbortSignal,
  'Expected an AbortSignal',
);

/** Node timers take no more; such a wait has no meaning anyway. */
export const LONGEST_TIMEOUT_MS = 2_147_483_647;

const callShape = {
  /** Ends the call wherever it is: in the queue, in prefill, in decode. */
  signal: AbortSignalSchema.optional(),
  /** Longest time for the whole call, in milliseconds. */
  timeoutMs: z.int().min(1).max(LONGEST_TIMEOUT_MS).optional(),
};

export const CallOptionsSchema = z.strictObject(callShape);
export type CallOptions = z.infer<typeof CallOptionsSchema>;

export const GenerateOptionsSchema = z.strictObject({
  ...callShape,
  /** Names the request in events and in the sidecar; unique among the running ones. */
  streamId: NonEmptyString.max(120).optional(),
  /** Higher is served first; overrides `params.priority`. */
  priority: z.int().min(-100).max(100).optional(),
  /** Fair sharing and prefix-cache isolation are per tenant. */
  tenant: z.string().max(256).optional(),
  /**
   * Go on after a crash of the runtime by feeding it the tokens it had
   * produced; the text is the same as without the crash.
   */
  resume: z.boolean().optional(),
});
export type GenerateOptions = z.infer<typeof GenerateOptionsSchema>;

export const parseCallOptions = (options: unknown): CallOptions =>
  options === undefined ? {} : validate(CallOptionsSchema, options);

export const parseGenerateOptions = (options: unknown): GenerateOptions =>
  options === undefined ? {} : validate(GenerateOptionsSchema, options);
