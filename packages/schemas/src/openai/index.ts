export { ChatCompletionRequestSchema } from './chat-request.js';
export type { ChatCompletionRequest } from './chat-request.js';
export {
  ChatCompletionChunkSchema,
  ChatCompletionSchema,
  OpenAIChoiceLogprobsSchema,
  OpenAIFinishReasonSchema,
  OpenAIUsageSchema,
} from './chat-response.js';
export type {
  ChatCompletion,
  ChatCompletionChunk,
  OpenAIChoiceLogprobs,
  OpenAIFinishReason,
  OpenAIUsage,
} from './chat-response.js';
export { OpenAIErrorSchema } from './errors.js';
export type { OpenAIError } from './errors.js';
export { OpenAIContentPartSchema, OpenAIMessageSchema, OpenAIToolCallSchema } from './messages.js';
export type { OpenAIContentPart, OpenAIMessage, OpenAIToolCall } from './messages.js';
export { OpenAIModelListSchema, OpenAIModelSchema } from './models.js';
export type { OpenAIModel, OpenAIModelList } from './models.js';
export {
  OpenAIFunctionSchema,
  OpenAIResponseFormatSchema,
  OpenAIToolChoiceSchema,
  OpenAIToolSchema,
} from './tools.js';
export type { OpenAIResponseFormat, OpenAITool, OpenAIToolChoice } from './tools.js';
