import * as z from 'zod';
import { NonEmptyString, TokenId } from '../common/primitives.js';

export const TokenizeRequestSchema = z.object({
  model: NonEmptyString,
  /** May be empty: no tokens are a valid answer. */
  text: z.string(),
  /** Add the tokenizer's special tokens, as it would for a document. */
  addBos: z.boolean().optional(),
});
export type TokenizeRequest = z.infer<typeof TokenizeRequestSchema>;

export const TokenizeResponseSchema = z.object({
  tokens: z.array(TokenId),
  /** The text of each token, one for one. */
  tokenStrings: z.array(z.string()).optional(),
});
export type TokenizeResponse = z.infer<typeof TokenizeResponseSchema>;
