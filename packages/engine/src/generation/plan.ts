import { randomUUID } from 'node:crypto';
import { GeneratorParamsWithStructuredSchema } from '@mlx/schemas';
import type { StructuredOutputConfig, ToolDefinition } from '@mlx/schemas';
import type { EngineSettings } from '../settings.js';
import { parseGenerateOptions, type GenerateOptions } from '../support/call-options.js';
import { readStructured } from '../structured/read-structured.js';
import { validate } from '../support/validate.js';
import { promptSummary } from './prompt-summary.js';
import { refuseUnsupported } from './refuse-unsupported.js';
import { toWireRequests, type WireGenerate } from './to-wire.js';
import { offeredTools } from './tools-on-wire.js';

/** A generation that was checked and can be carried out. */
export interface GenerationPlan {
  readonly model: string;
  /** The draft model asked for; false: none. */
  readonly draftModel?: string | false;
  readonly streamId: string;
  /** One per answer. */
  readonly requests: readonly WireGenerate[];
  /** Those that the answer may call. */
  readonly tools: readonly ToolDefinition[];
  /** What the answer has to look like. */
  readonly structured: StructuredOutputConfig | undefined;
  readonly promptSummary: string;
  /** False: the whole text comes in one chunk. */
  readonly streaming: boolean;
  readonly options: GenerateOptions;
}

export function planGeneration(
  input: unknown,
  callOptions: unknown,
  settings: EngineSettings,
): GenerationPlan {
  const params = validate(GeneratorParamsWithStructuredSchema, readStructured(input).params);
  const options = parseGenerateOptions(callOptions);
  refuseUnsupported(params, settings);
  const { defaultMaxTokens } = settings;
  const streamId = options.streamId ?? randomUUID();
  return {
    model: params.model,
    draftModel: params.draftModel,
    streamId,
    requests: toWireRequests({ params, options, streamId, defaultMaxTokens }),
    tools: offeredTools(params),
    structured: params.structured,
    promptSummary: promptSummary(params),
    streaming: params.streaming ?? true,
    options: { ...options, timeoutMs: options.timeoutMs ?? settings.streamTimeoutMs },
  };
}
