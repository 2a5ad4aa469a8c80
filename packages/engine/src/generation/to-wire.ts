import { randomInt } from 'node:crypto';
import type { GeneratorParams } from '@mlx/schemas';
import type { WireParams, WireSamplingInput } from '@mlx/schemas/wire';
import type { GenerateOptions } from '../support/call-options.js';
import type { GenerationExtras } from './extras.js';
import { toWireGrammar } from '../structured/to-grammar.js';
import { toWirePrompt } from './prompt.js';
import { toWireToolUse } from './tools-on-wire.js';

const LARGEST_DRAWN_SEED = 2 ** 47;

export type WireGenerate = WireParams<'generate'>;

interface Checked {
  readonly params: GeneratorParams;
  readonly extras: GenerationExtras;
  readonly options: GenerateOptions;
  readonly streamId: string;
  readonly defaultMaxTokens: number;
}

/** One request to the runtime for each answer asked for; they differ in name and seed only. */
export function toWireRequests(checked: Checked): WireGenerate[] {
  const { params, extras, options, streamId } = checked;
  const shared = {
    prompt: toWirePrompt(params, extras),
    grammar: params.structured && toWireGrammar(params.structured),
    toolUse: toWireToolUse(params),
    reasoning: params.reasoning,
    priority: options.priority ?? params.priority,
    tenant: options.tenant,
    queueTimeoutMs: extras.queueTimeoutMs,
    promptLookup: extras.promptLookup,
    prediction: extras.prediction,
  };
  const sampling = toWireSampling(checked);
  const { n = 1 } = params;
  // A draw can only be continued when its seed is known.
  const seed = params.seed ?? (options.resume === true ? randomInt(LARGEST_DRAWN_SEED) : undefined);
  return Array.from({ length: n }, (_, index) => ({
    ...shared,
    streamId: n === 1 ? streamId : `${streamId}:${index}`,
    sampling: seed === undefined ? sampling : { ...sampling, seed: seed + index },
  }));
}

function toWireSampling({ params, extras, defaultMaxTokens }: Checked): WireSamplingInput {
  return {
    maxTokens: params.maxTokens ?? defaultMaxTokens,
    temperature: params.temperature,
    topP: params.topP,
    topK: params.topK,
    minP: params.minP,
    presencePenalty: params.presencePenalty,
    frequencyPenalty: params.frequencyPenalty,
    repetitionPenalty: params.repetitionPenalty,
    logitBias: params.logitBias,
    stop: params.stopSequences,
    stopTokenIds: params.stopTokenIds,
    ignoreEos: extras.ignoreEos,
    logprobs: params.logprobs,
    topLogprobs: params.topLogprobs,
  };
}
