import {
  DetokenizeBodySchema,
  TokenizeBodySchema,
  type Detokenized,
  type TokenList,
} from '@mlx/schemas/endpoints';
import type { BodyReader } from '../fields/body-reader.js';
import type { CallPlan } from '../generation/serve-request.js';
import { tokenizeFields } from '../openai/tokenize-fields.js';

export function planTokenize(body: unknown, reader: BodyReader): CallPlan {
  const request = reader.parse(TokenizeBodySchema, tokenizeFields, body);
  const { model: named, prompt: text, add_special_tokens: addBos } = request;
  return {
    model: named,
    anyAdapter: true,
    body: async (engine, signal, { contextLength }, model): Promise<TokenList> => {
      const call = { model, text, addBos: addBos ?? true };
      const { tokens, tokenStrings } = await engine.tokenize(call, { signal });
      return {
        count: tokens.length,
        max_model_len: contextLength,
        tokens,
        token_strs: request.return_token_strs ? (tokenStrings ?? null) : null,
      };
    },
  };
}

export function planDetokenize(body: unknown, reader: BodyReader): CallPlan {
  const { model: named, tokens } = reader.parse(DetokenizeBodySchema, {}, body);
  return {
    model: named,
    anyAdapter: true,
    body: async (engine, signal, _served, model): Promise<Detokenized> => ({
      prompt: await engine.detokenize({ model, tokens }, { signal }),
    }),
  };
}
