import {
  ChatMessageSchema,
  ReasoningOptionsSchema,
  TokenizeRequestSchema,
  ToolDefinitionSchema,
} from '@mlx/schemas';
import type { TokenizeResponse } from '@mlx/schemas';
import { NonEmptyString, TokenId } from '@mlx/schemas/common';
import type { WireParams } from '@mlx/schemas/wire';
import * as z from 'zod';
import { toWireChat } from '../generation/prompt.js';
import { splitAdapter } from '../adapters/choose-adapter.js';
import type { ModelRegistry } from '../models/model-registry.js';
import { namedAsAsked } from '../generation/named-as-asked.js';
import { callModel, type ModelServices } from './call-model.js';
import { validate } from '../support/validate.js';

const StrictTokenizeRequestSchema = z.strictObject(TokenizeRequestSchema.shape);

const DetokenizeRequestSchema = z.strictObject({
  model: NonEmptyString,
  tokens: z.array(TokenId),
});
export type DetokenizeRequest = z.infer<typeof DetokenizeRequestSchema>;

export const CountTokensRequestSchema = z.strictObject({
  model: NonEmptyString,
  messages: z.array(ChatMessageSchema).min(1, 'Cannot be empty'),
  /** Their descriptions count too. */
  tools: z.array(ToolDefinitionSchema).optional(),
  /** Chat templates write something else for it. */
  reasoning: ReasoningOptionsSchema.optional(),
  /** As a generation is asked: the last message, an assistant's, is left open. */
  continueFinalMessage: z.boolean().optional(),
});
export type CountTokensRequest = z.infer<typeof CountTokensRequestSchema>;

/** Adapters have the tokenizer of their model. */
type TokenizerServices = ModelServices & {
  readonly models: Pick<ModelRegistry, 'models' | 'knownModels' | 'names'>;
};

export async function tokenize(
  services: TokenizerServices,
  request: unknown,
  options: unknown,
): Promise<TokenizeResponse> {
  const { model, text, addBos } = validate(StrictTokenizeRequestSchema, request);
  const prompt = { type: 'text', text, addSpecialTokens: addBos } as const;
  return tokenizePrompt(services, model, { prompt }, options);
}

export async function detokenize(
  services: TokenizerServices,
  request: unknown,
  options: unknown,
): Promise<string> {
  const { model, tokens } = validate(DetokenizeRequestSchema, request);
  const { text } = await callModel(
    services,
    splitAdapter(services, model).model,
    options,
    (process, signal) => process.request('detokenize', { tokens }, { signal }),
  );
  return text;
}

/** Tokens of a conversation as the model reads it, chat template included. */
export async function countTokens(
  services: TokenizerServices,
  request: unknown,
  options: unknown,
): Promise<number> {
  const { model, messages, tools, reasoning, continueFinalMessage } = validate(
    CountTokensRequestSchema,
    request,
  );
  const prompt = { ...toWireChat(messages, tools), continueFinalMessage };
  const params = { prompt, reasoning };
  const { tokens } = await tokenizePrompt(services, model, params, options);
  return tokens.length;
}

function tokenizePrompt(
  services: TokenizerServices,
  model: string,
  params: WireParams<'tokenize'>,
  options: unknown,
) {
  const { model: base } = splitAdapter(services, model);
  const tokens = callModel(services, base, options, (process, signal) =>
    process.request('tokenize', params, { signal }),
  );
  return tokens.catch((thrown: unknown) => {
    throw namedAsAsked(thrown);
  });
}
