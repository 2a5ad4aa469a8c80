export type { Mismatch } from '../common/mismatch.js';
export {
  ErrorChunkSchema,
  FinishReasonSchema,
  GeneratorChunkSchema,
  MetadataChunkSchema,
  ReasoningChunkSchema,
  TokenChunkSchema,
  TokenLogprobSchema,
  ToolCallChunkSchema,
  ToolCallDeltaSchema,
} from './chunk.js';
export type {
  ErrorChunk,
  FinishReason,
  GeneratorChunk,
  MetadataChunk,
  PromptUse,
  ReasoningChunk,
  TokenChunk,
  TokenLogprob,
  ToolCallChunk,
  ToolCallDelta,
  WrittenChunk,
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
export type { GeneratorParameter, GeneratorParams } from './params.js';
export { PromptSchema, PromptTemplateSchema, TokenizedPromptSchema } from './prompt.js';
export type { Prompt, PromptTemplate, TokenizedPrompt } from './prompt.js';
export { ReasoningEffortSchema, ReasoningOptionsSchema } from './reasoning.js';
export type { ReasoningEffort, ReasoningOptions } from './reasoning.js';
export { RepetitionPenalty } from './sampling.js';
export { GenerationStatsSchema } from './stats.js';
export type { GenerationStats } from './stats.js';
export { StructuredFormatSchema, StructuredOutputConfigSchema } from './structured.js';
export type { StructuredFormat, StructuredOutputConfig } from './structured.js';
