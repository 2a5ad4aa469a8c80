import { describe, expect, it } from 'vitest';
import {
  DetokenizeBodySchema,
  DetokenizedSchema,
  RerankBodySchema,
  RerankListSchema,
  ScoreBodySchema,
  ScoreListSchema,
  TokenListSchema,
  TokenizeBodySchema,
} from '../../src/endpoints/index.js';

const model = 'm';
const usage = { prompt_tokens: 3, total_tokens: 3 };

describe('the bodies of this server’s own addresses', () => {
  it.each([
    ['a text to tokenize', TokenizeBodySchema, { model, prompt: '', return_token_strs: null }],
    ['tokens to detokenize', DetokenizeBodySchema, { model, tokens: [0, 5] }],
    ['pairs to score', ScoreBodySchema, { model, text_1: 'a', text_2: ['b', 'c'] }],
    ['documents to rank', RerankBodySchema, { model, query: 'q', documents: ['a', { text: 'b' }] }],
    ['tokens', TokenListSchema, { count: 1, max_model_len: 8, tokens: [4], token_strs: null }],
    ['a text', DetokenizedSchema, { prompt: 'hi' }],
    [
      'scores',
      ScoreListSchema,
      {
        id: 'score-1',
        object: 'list',
        created: 1,
        model,
        data: [{ index: 0, object: 'score', score: -1.5 }],
        usage,
      },
    ],
    [
      'a ranking',
      RerankListSchema,
      {
        id: 'rerank-1',
        object: 'list',
        model,
        results: [{ index: 1, relevance_score: 0.5, document: { text: 'b' } }],
        usage,
      },
    ],
  ])('take %s', (_, schema, body) => {
    expect(schema.parse(body)).toEqual(body);
  });

  it.each([
    ['an empty query', RerankBodySchema, { model, query: '', documents: ['a'] }],
    ['no documents', RerankBodySchema, { model, query: 'q', documents: [] }],
    ['a document of another kind', RerankBodySchema, { model, query: 'q', documents: [1] }],
    ['an empty text to score', ScoreBodySchema, { model, text_1: '', text_2: 'b' }],
    ['a token below zero', DetokenizeBodySchema, { model, tokens: [-1] }],
    ['a stray key', TokenizeBodySchema, { model, prompt: 'a', prompts: ['b'] }],
  ])('refuse %s', (_, schema, body) => {
    expect(schema.safeParse(body).success).toBe(false);
  });
});
