import { countFields, messageFields } from './anthropic/message-fields.js';
import { chatFields } from './openai/chat-fields.js';
import { completionFields } from './openai/completion-fields.js';
import { embeddingFields, rerankFields } from './openai/embedding-fields.js';
import {
  ollamaChatFields,
  ollamaEmbedFields,
  ollamaGenerateFields,
} from './ollama/ollama-fields.js';
import { tokenizeFields } from './openai/tokenize-fields.js';
import { inputTokensFields, responseFields } from './responses/response-fields.js';
import type { FieldTable } from './fields/field-table.js';

/** The table of every endpoint that takes a body. */
export const fieldTables: Readonly<Record<string, FieldTable>> = {
  '/api/chat': ollamaChatFields,
  '/api/embed': ollamaEmbedFields,
  '/api/embeddings': ollamaEmbedFields,
  '/api/generate': ollamaGenerateFields,
  '/v1/chat/completions': chatFields,
  '/v1/completions': completionFields,
  '/v1/embeddings': embeddingFields,
  '/v1/messages': messageFields,
  '/v1/messages/count_tokens': countFields,
  '/v1/rerank': rerankFields,
  '/v1/score': rerankFields,
  '/v1/tokenize': tokenizeFields,
  '/v1/responses': responseFields,
  '/v1/responses/input_tokens': inputTokensFields,
};
