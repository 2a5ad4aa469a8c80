import OpenAI from 'openai';
import type { Handler } from '../../src/index.js';

/** OpenAI's client on a handler, without a socket between them. */
export function openaiClient(handler: Handler, apiKey = 'none'): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: 'http://127.0.0.1/v1',
    maxRetries: 0,
    fetch: async (url, init) => handler.fetch(new Request(url, init)),
  });
}
