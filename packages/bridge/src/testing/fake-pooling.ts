import type { WireMethod, WireResult, wireRequests } from '@mlx/schemas/wire';
import type { z } from 'zod';
import { textOf, tokenizePrompt } from './fake-model.js';
import type { Reply } from './fake-link.js';

type Params<M extends WireMethod> = z.output<(typeof wireRequests)[M]['params']>;

export const FAKE_EMBEDDING_SIZE = 4;

/** A text's vector holds its number of tokens, its first and its last token, and a 1. */
export function embed({ input, dimensions, pooling = 'mean' }: Params<'embed'>): Reply {
  const texts = input.map(tokenizePrompt);
  const vectors = texts.map((tokens) => {
    const numbers = [tokens.length, tokens[0] ?? 0, tokens.at(-1) ?? 0, 1];
    return toBase64(numbers.slice(0, dimensions));
  });
  return { result: { vectors, pooling, promptTokens: texts.map(({ length }) => length) } };
}

/** The further a token is from its text's beginning, the less likely. */
export function score({ input, topLogprobs }: Params<'score'>): Reply {
  const texts = input.map(tokenizePrompt).map(([first = 0, ...rest]) => ({
    first: { token: first, text: textOf(first) },
    rest: rest.map((token, index) => {
      const entry = { token, text: textOf(token), logprob: -(index + 1) };
      return { ...entry, top: Array.from({ length: topLogprobs }, () => entry) };
    }),
  }));
  const result: WireResult<'score'> = { texts };
  return { result };
}

/** Longer prompts match better. */
export function rerank({ documents }: Params<'rerank'>): Reply {
  const promptTokens = documents.map((prompt) => tokenizePrompt(prompt).length);
  const scores = promptTokens.map((length) => length / (length + 1));
  return { result: { scores, promptTokens, sharedTokens: 0 } };
}

function toBase64(numbers: readonly number[]): string {
  const bytes = Buffer.alloc(numbers.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [index, number] of numbers.entries()) bytes.writeFloatLE(number, index * 4);
  return bytes.toString('base64');
}
