export { WireReasoningSchema, WireToolCallSchema, WireToolUseSchema } from './answer.js';
export type { WireReasoning, WireToolCall, WireToolUse } from './answer.js';
export { LoadDraftParamsSchema } from './draft.js';
export { WireErrorDataSchema, WireErrorTypeSchema } from './errors.js';
export type { WireErrorData, WireErrorType } from './errors.js';
export { IncomingFrameSchema, JsonRpcErrorSchema } from './frames.js';
export type { IncomingFrame, JsonRpcError } from './frames.js';
export { WireGrammarSchema } from './grammar.js';
export type { WireGrammar } from './grammar.js';
export {
  CancelParamsSchema,
  CreditParamsSchema,
  HeartbeatParamsSchema,
  LogParamsSchema,
  ProgressParamsSchema,
  TokensParamsSchema,
  WireFinishSchema,
  WireTimelineSchema,
  WireTokenLogprobSchema,
  WireTokenRowSchema,
  WirePromptUseSchema,
  WireUsageSchema,
} from './notifications.js';
export type {
  WireFinish,
  WireHeartbeat,
  WireLog,
  WireProgress,
  WireTimeline,
  WireTokenLogprob,
  WireTokenRow,
  WirePromptUse,
  WireUsage,
} from './notifications.js';
export { WireMessageSchema, WirePromptBlocksSchema, WirePromptSchema } from './prompt.js';
export type { WireMessage, WirePrompt, WirePromptBlocks, WirePromptInput } from './prompt.js';
export {
  WIRE_MAX_FRAME_BYTES,
  WIRE_PROTOCOL_VERSION,
  wireNotificationsIn,
  wireNotificationsOut,
  wireRequests,
} from './protocol.js';
export type {
  WireMethod,
  WireNotificationIn,
  WireNotificationInParams,
  WireNotificationOut,
  WireNotificationOutParams,
  WireParams,
  WireResult,
} from './protocol.js';
export {
  EmbedParamsSchema,
  EmbedResultSchema,
  RerankParamsSchema,
  RerankResultSchema,
  ScoreParamsSchema,
  ScoreResultSchema,
  WirePoolingSchema,
  WireScoredTextSchema,
} from './pooling.js';
export type { WirePooling } from './pooling.js';
export {
  DetokenizeParamsSchema,
  DetokenizeResultSchema,
  GenerateParamsSchema,
  GenerateResultSchema,
  InitializeParamsSchema,
  InitializeResultSchema,
  LoadParamsSchema,
  LoadResultSchema,
  TokenizeParamsSchema,
  TokenizeResultSchema,
  WireBatchingSchema,
  WireCapabilitiesSchema,
  WireDeviceSchema,
  WirePromptStoreSchema,
  WireStreamIdSchema,
} from './requests.js';
export type { WireBatching, WirePromptStore } from './requests.js';
export {
  WireSamplingDefaultsSchema,
  WireSamplingSchema,
  WireSeedSchema,
  WireTokenIdSchema,
} from './sampling.js';
export type { WireSampling, WireSamplingInput } from './sampling.js';
