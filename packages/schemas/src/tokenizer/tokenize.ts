import * as z from 'zod';
import { NonEmptyString, TokenIds } from '../common/primitives.js';
import { OptionalFlag, Text, TextList } from '../common/shared.js';

export const TokenizeRequestSchema = z.object({
  model: NonEmptyString,
  /** May be empty: no tokens are a valid answer. */
  text: Text,
  /** Add the tokenizer's special tokens, as it would for a document. */
  addBos: OptionalFlag,
});
export type TokenizeRequest = z.infer<typeof TokenizeRequestSchema>;

export const TokenizeResponseSchema = z.object({
  tokens: TokenIds,
  /** The text of each token, one for one. */
  tokenStrings: TextList.optional(),
});
export type TokenizeResponse = z.infer<typeof TokenizeResponseSchema>;
