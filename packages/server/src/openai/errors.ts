import type { ErrorShape } from '../http/error-response.js';
import { openAIParameter } from './parameter-names.js';

/** OpenAI's error object, and its names for what a request says. */
export const openAIErrors: ErrorShape = {
  body: ({ message, type, param, code }) => ({
    error: { message, type, param: param ?? null, code: code ?? null },
  }),
  clientField: openAIParameter,
};
