import { randomUUID } from 'node:crypto';
import type { GeneratorParams, StructuredOutputConfig, ToolDefinition } from '@mlx/schemas';
import type { GenerateOptions } from '../support/call-options.js';
import { operationOf } from '../tracing/request-attributes.js';
import { promptSummary } from './prompt-summary.js';
import { toWireRequests, type SamplingDefaults, type WireGenerate } from './to-wire.js';
import { offeredTools } from './tools-on-wire.js';

/** A generation that was checked and can be carried out. */
export interface GenerationPlan {
  readonly model: string;
  readonly streamId: string;
  /** One per answer. */
  readonly requests: readonly WireGenerate[];
  /** Those that the answer may call. */
  readonly tools: readonly ToolDefinition[];
  /** What the answer has to look like. */
  readonly structured: StructuredOutputConfig | undefined;
  readonly promptSummary: string;
  /** What the conventions of OpenTelemetry call it. */
  readonly operation: string;
  /** False: the whole text comes in one chunk. */
  readonly streaming: boolean;
  /** Go on after a crash of the runtime, with the tokens it had produced. */
  readonly resume: boolean;
}

/** What of its model and of the configuration a plan depends on. */
export interface PlanContext {
  /** Drafts for it; undefined: none does. */
  readonly draftModel: string | undefined;
  /** Computes its tokens; undefined: the model alone. */
  readonly adapter: string | undefined;
  /** For parameters that the request does not name. */
  readonly samplingDefaults: SamplingDefaults;
  readonly defaultMaxTokens: number;
}

/** Throws InvalidParams for a prompt that cannot be honoured. */
export function planGeneration(
  params: GeneratorParams,
  options: GenerateOptions,
  context: PlanContext,
): GenerationPlan {
  const streamId = options.streamId ?? randomUUID();
  return {
    model: params.model,
    streamId,
    requests: toWireRequests({ params, options, streamId, ...context }),
    tools: offeredTools(params),
    structured: params.structured,
    promptSummary: promptSummary(params),
    operation: operationOf(params),
    streaming: params.streaming ?? true,
    resume: options.resume ?? false,
  };
}
