import type * as z from 'zod';
import { strictObject } from '../common/objects.js';
import {
  LoadAdapterParamsSchema,
  LoadAdapterResultSchema,
  UnloadAdapterParamsSchema,
} from './adapter.js';
import {
  CheckDraftParamsSchema,
  CheckDraftResultSchema,
  LoadDraftParamsSchema,
  LoadDraftResultSchema,
} from './draft.js';
import {
  CancelParamsSchema,
  CreditParamsSchema,
  HeartbeatParamsSchema,
  LogParamsSchema,
  ProgressParamsSchema,
  TokensParamsSchema,
} from './notifications.js';
import {
  EmbedParamsSchema,
  EmbedResultSchema,
  RerankParamsSchema,
  RerankResultSchema,
  ScoreParamsSchema,
  ScoreResultSchema,
} from './pooling.js';
import {
  DetokenizeParamsSchema,
  DetokenizeResultSchema,
  GenerateParamsSchema,
  GenerateResultSchema,
  InitializeParamsSchema,
  InitializeResultSchema,
  LoadParamsSchema,
  LoadResultSchema,
  StatsParamsSchema,
  StatsResultSchema,
  TokenizeParamsSchema,
  TokenizeResultSchema,
} from './requests.js';

/** Raised whenever a frame's meaning changes; both ends refuse a mismatch. */
export const WIRE_PROTOCOL_VERSION = 1;

/** Longest frame either side accepts, in bytes, its newline included. */
export const WIRE_MAX_FRAME_BYTES = 64 * 1024 * 1024;

const Empty = strictObject({});

/** Requests to the sidecar: parameters and result of each method. */
export const wireRequests = {
  initialize: { params: InitializeParamsSchema, result: InitializeResultSchema },
  load: { params: LoadParamsSchema, result: LoadResultSchema },
  checkDraft: { params: CheckDraftParamsSchema, result: CheckDraftResultSchema },
  loadDraft: { params: LoadDraftParamsSchema, result: LoadDraftResultSchema },
  unloadDraft: { params: Empty, result: Empty },
  loadAdapter: { params: LoadAdapterParamsSchema, result: LoadAdapterResultSchema },
  unloadAdapter: { params: UnloadAdapterParamsSchema, result: Empty },
  generate: { params: GenerateParamsSchema, result: GenerateResultSchema },
  tokenize: { params: TokenizeParamsSchema, result: TokenizeResultSchema },
  detokenize: { params: DetokenizeParamsSchema, result: DetokenizeResultSchema },
  embed: { params: EmbedParamsSchema, result: EmbedResultSchema },
  score: { params: ScoreParamsSchema, result: ScoreResultSchema },
  rerank: { params: RerankParamsSchema, result: RerankResultSchema },
  stats: { params: StatsParamsSchema, result: StatsResultSchema },
  shutdown: { params: Empty, result: Empty },
} as const;

/** Notifications to the sidecar. */
export const wireNotificationsOut = {
  cancel: CancelParamsSchema,
  credit: CreditParamsSchema,
} as const;

/** Notifications from the sidecar. */
export const wireNotificationsIn = {
  tokens: TokensParamsSchema,
  progress: ProgressParamsSchema,
  log: LogParamsSchema,
  heartbeat: HeartbeatParamsSchema,
} as const;

export type WireMethod = keyof typeof wireRequests;
/** What a caller passes: fields with defaults may be left out. */
export type WireParams<M extends WireMethod> = z.input<(typeof wireRequests)[M]['params']>;
export type WireResult<M extends WireMethod> = z.output<(typeof wireRequests)[M]['result']>;
export type WireNotificationOut = keyof typeof wireNotificationsOut;
export type WireNotificationOutParams<N extends WireNotificationOut> = z.input<
  (typeof wireNotificationsOut)[N]
>;
export type WireNotificationIn = keyof typeof wireNotificationsIn;
export type WireNotificationInParams<N extends WireNotificationIn> = z.output<
  (typeof wireNotificationsIn)[N]
>;
