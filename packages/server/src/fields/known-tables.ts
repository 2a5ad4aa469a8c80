import { countFields, messageFields } from '../anthropic/message-fields.js';
import { chatFields } from '../openai/chat-fields.js';
import { completionFields } from '../openai/completion-fields.js';
import { embeddingFields, rerankFields } from '../openai/embedding-fields.js';
import type { FieldRule, FieldTable } from './field-table.js';

/** The table of every endpoint that takes a body. */
export const fieldTables: Readonly<Record<string, FieldTable>> = {
  '/v1/chat/completions': chatFields,
  '/v1/completions': completionFields,
  '/v1/embeddings': embeddingFields,
  '/v1/messages': messageFields,
  '/v1/messages/count_tokens': countFields,
  '/v1/rerank': rerankFields,
};

export function fieldsThatAre(treatment: FieldRule['treatment'], table: FieldTable): string[] {
  return Object.keys(table).filter((field) => table[field]?.treatment === treatment);
}
