export { OutputTextSchema, ReasoningPartSchema, ResponseContentPartSchema } from './content.js';
export type {
  OutputText,
  OutputTextLogprob,
  ReasoningPart,
  ResponseContentPart,
} from './content.js';
export { ResponseStreamEventSchema } from './events.js';
export type { ResponseStreamEvent } from './events.js';
export {
  CallOutputItemSchema,
  CustomToolCallItemSchema,
  ForeignItemType,
  FunctionCallItemSchema,
  HostedItemType,
  MessageItemSchema,
  ReasoningItemSchema,
  ResponseInputItemSchema,
} from './input-items.js';
export type {
  CallOutputItem,
  CustomToolCallItem,
  FunctionCallItem,
  MessageItem,
  ReasoningItem,
  ResponseInputItem,
} from './input-items.js';
export {
  ItemStatusSchema,
  OutputCustomToolCallSchema,
  OutputFunctionCallSchema,
  OutputMessageSchema,
  OutputReasoningSchema,
  ResponseOutputItemSchema,
} from './output-items.js';
export type {
  ItemStatus,
  OutputCustomToolCall,
  OutputFunctionCall,
  OutputMessage,
  OutputReasoning,
  ResponseOutputItem,
} from './output-items.js';
export { ResponseRequestSchema, ResponseTokensRequestSchema } from './request.js';
export type { ResponseRequest, ResponseTokensRequest } from './request.js';
export {
  ResponseDeletedSchema,
  ResponseItemListSchema,
  ResponseSchema,
  ResponseStatusSchema,
  ResponseTokensSchema,
  ResponseUsageSchema,
} from './response.js';
export type { OpenAIResponse, ResponseStatus, ResponseUsage } from './response.js';
export {
  CustomToolSchema,
  HostedToolType,
  NamespaceToolSchema,
  ResponseFunctionToolSchema,
  ResponseToolChoiceSchema,
  ResponseToolSchema,
} from './tools.js';
export type {
  CallableTool,
  CustomTool,
  NamedTool,
  ResponseFunctionTool,
  ResponseTool,
  ResponseToolChoice,
} from './tools.js';
