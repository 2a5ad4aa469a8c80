export { OllamaMessageSchema, OllamaToolCallSchema, OllamaToolSchema } from './messages.js';
export type { OllamaMessage, OllamaTool, OllamaToolCall } from './messages.js';
export { OllamaOptionsSchema } from './options.js';
export type { OllamaOptions } from './options.js';
export {
  OllamaChatRequestSchema,
  OllamaEmbedRequestSchema,
  OllamaEmbeddingsRequestSchema,
  OllamaGenerateRequestSchema,
  OllamaShowRequestSchema,
} from './requests.js';
export type { OllamaChatRequest, OllamaEmbedRequest, OllamaGenerateRequest } from './requests.js';
export {
  OllamaChatResponseSchema,
  OllamaEmbedResponseSchema,
  OllamaEmbeddingsResponseSchema,
  OllamaErrorSchema,
  OllamaGenerateResponseSchema,
  OllamaModelSchema,
  OllamaProcessesSchema,
  OllamaShowSchema,
  OllamaTagsSchema,
  OllamaVersionSchema,
} from './responses.js';
export type {
  OllamaChatResponse,
  OllamaDetails,
  OllamaGenerateResponse,
  OllamaModel,
} from './responses.js';
