import * as z from 'zod';
import { MAX_PROMPT_TOKENS, nonEmptyListOf } from '../common/lists.js';
import { NonEmptyString, TokenId } from '../common/primitives.js';
import { AnyNumber, Flag, Text } from '../common/shared.js';

/** `{{name}}` in the template is replaced by the variable of that name. */
export const PromptTemplateSchema = z.object({
  template: NonEmptyString,
  variables: z.record(Text, z.union([Text, AnyNumber, Flag])),
});
export type PromptTemplate = z.infer<typeof PromptTemplateSchema>;

export const TokenizedPromptSchema = z.object({
  tokens: nonEmptyListOf(TokenId, MAX_PROMPT_TOKENS),
});
export type TokenizedPrompt = z.infer<typeof TokenizedPromptSchema>;

export const PromptSchema = z.union([NonEmptyString, PromptTemplateSchema, TokenizedPromptSchema]);
export type Prompt = z.infer<typeof PromptSchema>;
