import * as z from 'zod';
import { MAX_PROMPT_TOKENS, nonEmptyListOf } from '../common/lists.js';
import { NonEmptyString, TokenId } from '../common/primitives.js';

/** Most texts of one request. */
export const MAX_TEXTS = 2048;

const Tokens = nonEmptyListOf(TokenId, MAX_PROMPT_TOKENS);

/** One text or up to 2048, as text or as token ids. */
export const TextInputSchema = z.union([
  NonEmptyString,
  nonEmptyListOf(NonEmptyString, MAX_TEXTS),
  Tokens,
  nonEmptyListOf(Tokens, MAX_TEXTS),
]);
export type TextInput = z.infer<typeof TextInputSchema>;
