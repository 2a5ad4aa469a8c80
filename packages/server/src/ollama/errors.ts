import type { ErrorShape } from '../http/error-response.js';
import { ollamaField } from './field-names.js';

/** Ollama's clients read the text alone. */
export const ollamaErrors: ErrorShape = {
  body: ({ message }) => ({ error: message }),
  clientField: ollamaField,
};
