export type { SnakeCaseEngine } from './compat.js';
export { createEngine } from './create-engine.js';
export type { EngineOptions, RuntimeLog } from './engine-options.js';
export { ask } from './ask.js';
export type { AskOptions } from './ask.js';
export type { Engine, TypedChatInput, TypedChatOptions } from './engine.js';
export type { RuntimeStatus } from './events/runtime-status.js';
export { addToolCall } from './generation/collect-answer.js';
export type { ChatAnswer, TypedChatAnswer } from './generation/chat-answer.js';
export type { ChatInput, ChatOptions, Conversation } from './calls/chat-input.js';
export type {
  HealthReport,
  ModelCapabilities,
  ModelRuntime,
  RuntimeInfo,
} from './calls/inspect.js';
export type { BatchStats, CacheStats } from './stats/stats.js';
export type { LoadAdapterOptions } from './calls/load-adapter.js';
export type { AdapterInfo } from './models/adapter-shelf.js';
export type { LoadModelInput } from './models/plan-adapters.js';
export type { LoadCallOptions } from './calls/load-model.js';
export type { AcquireOptions, ModelLease } from './calls/acquire-model.js';
export type { KnownModelInfo } from './calls/known-models.js';
export type { LoadProgress, LocateOptions, MemoryNeed, Runner } from './runner/runner.js';
export type { ModelLink, ModelProcess, OnProcessStart } from './runner/model-process.js';
export type { CallOptions, GenerateOptions } from './support/call-options.js';
export { defineTool, defineTool as tool } from './tools/define-tool.js';
export { cosineSimilarity } from './pooling/cosine-similarity.js';
export type { Tool, ToolContext, ToolOptions } from './tools/define-tool.js';
export type {
  RunToolsOptions,
  RunToolsResult,
  ToolFailure,
  ToolOutcome,
  ToolStep,
  ToolSuccess,
} from './tools/run-options.js';
export type { CountTokensRequest, DetokenizeRequest } from './calls/tokenize.js';
export type { AnySchema } from './structured/any-schema.js';
export type { DeepPartial, PartialAnswer, TypedParams } from './structured/read-structured.js';
export type { ObjectChunk } from './calls/stream-object.js';
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
  VisionModelOptionsSchema,
  isEngineClientError,
  zodErrorToEngineError,
} from '@mlx/schemas';
export type {
  ChatMessage,
  CompatibilityReport,
  EmbedRequest,
  Embeddings,
  EncodedEmbeddings,
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
export { VisionGeneratorParamsSchema } from '@mlx/schemas/vision';
export type { ImageSource, VisionGeneratorParams } from '@mlx/schemas/vision';
