export { ChatCompletionRequestSchema } from './chat-request.js';
export type { ChatCompletionRequest } from './chat-request.js';
export {
  ChatCompletionChunkSchema,
  ChatCompletionSchema,
  OpenAIChoiceLogprobsSchema,
  OpenAIFinishReasonSchema,
} from './chat-response.js';
export type {
  ChatCompletion,
  ChatCompletionChunk,
  OpenAIChoiceLogprobs,
  OpenAIFinishReason,
} from './chat-response.js';
export { CompletionRequestSchema, CompletionSchema } from './completions.js';
export type { Completion, CompletionRequest } from './completions.js';
export { EmbeddingListSchema, EmbeddingRequestSchema } from './embeddings.js';
export type { EmbeddingList, EmbeddingRequest } from './embeddings.js';
export { OpenAIErrorSchema } from './errors.js';
export type { OpenAIError } from './errors.js';
export { OpenAIContentPartSchema, OpenAIMessageSchema, OpenAIToolCallSchema } from './messages.js';
export type { OpenAIContentPart, OpenAIMessage, OpenAIToolCall } from './messages.js';
export { SamplingParametersSchema } from './parameters.js';
export type { SamplingParameters } from './parameters.js';
export {
  OpenAIFunctionSchema,
  OpenAIResponseFormatSchema,
  OpenAIToolChoiceSchema,
  OpenAIToolSchema,
} from './tools.js';
export type { OpenAIResponseFormat, OpenAITool, OpenAIToolChoice } from './tools.js';
export { OpenAIUsageSchema } from './usage.js';
export type { OpenAIUsage } from './usage.js';
