export {
  ErrorChunkSchema,
  FinishReasonSchema,
  GeneratorChunkSchema,
  MetadataChunkSchema,
  TokenChunkSchema,
  TokenLogprobSchema,
} from './chunk.js';
export type {
  ErrorChunk,
  FinishReason,
  GeneratorChunk,
  MetadataChunk,
  TokenChunk,
  TokenLogprob,
} from './chunk.js';
export {
  ChatMessageSchema,
  ChatRoleSchema,
  ContentPartSchema,
  ToolCallSchema,
  ToolChoiceSchema,
  ToolDefinitionSchema,
} from './messages.js';
export type {
  ChatMessage,
  ChatRole,
  ContentPart,
  ToolCall,
  ToolChoice,
  ToolDefinition,
} from './messages.js';
export {
  GeneratorParamsObjectSchema,
  GeneratorParamsSchema,
  GeneratorParamsWithStructuredSchema,
} from './params.js';
export type { GeneratorParams } from './params.js';
export { PromptSchema, PromptTemplateSchema, TokenizedPromptSchema } from './prompt.js';
export type { Prompt, PromptTemplate, TokenizedPrompt } from './prompt.js';
export { GenerationStatsSchema } from './stats.js';
export type { GenerationStats } from './stats.js';
export { StructuredFormatSchema, StructuredOutputConfigSchema } from './structured.js';
export type { StructuredFormat, StructuredOutputConfig } from './structured.js';
