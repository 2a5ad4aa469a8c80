import {
  OllamaChatRequestSchema,
  OllamaChatResponseSchema,
  OllamaEmbeddingsRequestSchema,
  OllamaEmbeddingsResponseSchema,
  OllamaEmbedRequestSchema,
  OllamaEmbedResponseSchema,
  OllamaErrorSchema,
  OllamaGenerateRequestSchema,
  OllamaGenerateResponseSchema,
  OllamaProcessesSchema,
  OllamaShowRequestSchema,
  OllamaShowSchema,
  OllamaTagsSchema,
  OllamaVersionSchema,
} from '@mlx/schemas/ollama';
import type { Operation } from './operation.js';

const error = OllamaErrorSchema;
const streamed = { streams: true, streamType: 'application/x-ndjson' } as const;

export const ollamaOperations: readonly Operation[] = [
  {
    ...streamed,
    error,
    method: 'post',
    path: '/api/chat',
    summary: 'Answer a conversation, in Ollama’s form',
    request: OllamaChatRequestSchema,
    response: OllamaChatResponseSchema,
  },
  {
    ...streamed,
    error,
    method: 'post',
    path: '/api/generate',
    summary: 'Answer a prompt, in Ollama’s form',
    request: OllamaGenerateRequestSchema,
    response: OllamaGenerateResponseSchema,
  },
  {
    error,
    method: 'post',
    path: '/api/embed',
    summary: 'Turn texts into vectors of length 1, in Ollama’s form',
    request: OllamaEmbedRequestSchema,
    response: OllamaEmbedResponseSchema,
  },
  {
    error,
    method: 'post',
    path: '/api/embeddings',
    summary: 'Turn one text into a vector, in Ollama’s older form',
    request: OllamaEmbeddingsRequestSchema,
    response: OllamaEmbeddingsResponseSchema,
  },
  {
    error,
    method: 'get',
    path: '/api/tags',
    summary: 'List the models that are served, in Ollama’s form',
    response: OllamaTagsSchema,
  },
  {
    error,
    method: 'get',
    path: '/api/ps',
    summary: 'List the models that are loaded, in Ollama’s form',
    response: OllamaProcessesSchema,
  },
  {
    error,
    method: 'post',
    path: '/api/show',
    summary: 'Describe one model, in Ollama’s form',
    request: OllamaShowRequestSchema,
    response: OllamaShowSchema,
  },
  {
    error,
    method: 'get',
    path: '/api/version',
    summary: 'Tell which version of Ollama’s API is spoken',
    response: OllamaVersionSchema,
  },
];
