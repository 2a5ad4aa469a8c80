export {
  AnthropicContentBlockSchema,
  AnthropicMessageParamSchema,
  AnthropicOutputBlockSchema,
  AnthropicTextBlockSchema,
  AnthropicToolChoiceSchema,
  AnthropicToolSchema,
} from './content.js';
export type {
  AnthropicContentBlock,
  AnthropicMessageParam,
  AnthropicOutputBlock,
  AnthropicTool,
  AnthropicToolChoice,
} from './content.js';
export { AnthropicErrorSchema } from './errors.js';
export type { AnthropicError } from './errors.js';
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
