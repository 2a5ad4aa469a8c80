export type { SnakeCaseEngine } from './compat.js';
export { createEngine } from './create-engine.js';
export type { EngineOptions, RuntimeLog } from './engine-options.js';
export type { ChatInput, Engine, TypedChatInput } from './engine.js';
export type { RuntimeStatus } from './events/runtime-status.js';
export { addToolCall } from './generation/collect.js';
export type { ChatAnswer, TypedChatAnswer } from './generation/generate-text.js';
export type {
  HealthReport,
  ModelCapabilities,
  ModelRuntime,
  RuntimeInfo,
} from './insight/insight-calls.js';
export type { BatchStats, CacheStats } from './insight/stats.js';
export type { LoadCallOptions } from './models/load-call-options.js';
export type { LoadProgress, LocateOptions, OnProcessStart, Runner } from './runner/runner.js';
export type { CallOptions, GenerateOptions } from './support/call-options.js';
export { defineTool } from './tools/define-tool.js';
export type { Tool, ToolContext, ToolOptions } from './tools/define-tool.js';
export type {
  RunToolsOptions,
  RunToolsResult,
  ToolFailure,
  ToolOutcome,
  ToolStep,
  ToolSuccess,
} from './tools/run-options.js';
export type { CountTokensRequest, DetokenizeRequest } from './tokenizer/tokenizer-calls.js';
export type { AnySchema } from './structured/generation-schema.js';
export type { DeepPartial, PartialAnswer, TypedParams } from './structured/read-structured.js';
export type { ObjectChunk } from './structured/stream-object.js';
export {
  EngineClientError,
  EngineErrorCode,
  EmbedRequestSchema,
  GeneratorParamsSchema,
  GeneratorParamsWithStructuredSchema,
  LoadDraftModelOptionsSchema,
  LoadModelOptionsSchema,
  RerankRequestSchema,
  ScoreRequestSchema,
  TokenizeRequestSchema,
  isEngineClientError,
  zodErrorToEngineError,
} from '@mlx/schemas';
export type {
  ChatMessage,
  CompatibilityReport,
  EmbedRequest,
  Embeddings,
  EngineEvents,
  GenerationStats,
  GeneratorChunk,
  GeneratorParams,
  LoadModelOptions,
  ModelDescriptor,
  ModelHandle,
  RerankRequest,
  Reranking,
  RuntimeConfig,
  ScoreRequest,
  TextScore,
  TokenizeRequest,
  TokenizeResponse,
  ToolCall,
  ToolChoice,
  ToolDefinition,
  ValidationErrorDetails,
  ValidationIssue,
} from '@mlx/schemas';
