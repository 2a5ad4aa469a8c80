export {
  AnthropicContentBlockSchema,
  AnthropicMessageParamSchema,
  AnthropicOutputBlockSchema,
  AnthropicResultBlockSchema,
  AnthropicTextBlockSchema,
} from './content.js';
export type {
  AnthropicContentBlock,
  AnthropicMessageParam,
  AnthropicOutputBlock,
  AnthropicResultBlock,
} from './content.js';
export { AnthropicErrorSchema } from './errors.js';
export type { AnthropicError } from './errors.js';

export { AnthropicModelListSchema, AnthropicModelSchema } from './models.js';
export type { AnthropicModel, AnthropicModelList } from './models.js';
export { AnthropicCountTokensRequestSchema, AnthropicMessagesRequestSchema } from './requests.js';
export type { AnthropicCountTokensRequest, AnthropicMessagesRequest } from './requests.js';
export {
  AnthropicMessageSchema,
  AnthropicStreamEventSchema,
  AnthropicTokenCountSchema,
  AnthropicUsageSchema,
} from './responses.js';
export type {
  AnthropicMessage,
  AnthropicStreamEvent,
  AnthropicTokenCount,
  AnthropicUsage,
} from './responses.js';
export { AnthropicToolChoiceSchema, AnthropicToolSchema } from './tools.js';
export type { AnthropicTool, AnthropicToolChoice } from './tools.js';
