import type * as z from 'zod';
import { openObject, strictObject } from '../common/objects.js';
import { MAX_PROMPT_TOKENS, listOf } from '../common/lists.js';
import {
  NonEmptyString,
  NonNegativeInteger,
  OptionalPositiveInteger,
  TokenId,
  TokenIds,
} from '../common/primitives.js';
import { NullishFlag, Text, TextList } from '../common/shared.js';

/** Body of `POST /v1/tokenize` as vLLM has it. */
export const TokenizeBodySchema = strictObject({
  model: NonEmptyString,
  /** May be empty: no tokens are a valid answer. */
  prompt: Text,
  /** Add the tokenizer's special tokens, as it would for a document. Default true. */
  add_special_tokens: NullishFlag,
  /** Also tell the text of each token. */
  return_token_strs: NullishFlag,
});
export type TokenizeBody = z.infer<typeof TokenizeBodySchema>;

export const TokenListSchema = openObject({
  count: NonNegativeInteger,
  max_model_len: OptionalPositiveInteger,
  tokens: TokenIds,
  token_strs: TextList.nullable(),
});
export type TokenList = z.infer<typeof TokenListSchema>;

/** Body of `POST /v1/detokenize`. */
export const DetokenizeBodySchema = strictObject({
  model: NonEmptyString,
  tokens: listOf(TokenId, MAX_PROMPT_TOKENS),
});

export const DetokenizedSchema = openObject({ prompt: Text });
export type Detokenized = z.infer<typeof DetokenizedSchema>;
