import type { LanguageModelV4CallOptions, SharedV4Warning } from '@ai-sdk/provider';
import { languageChecks, type MlxLanguageModelOptions } from '../options/language-options.js';
import { readOptions } from '../options/read-options.js';
import type { GenerationRequest } from './generation-request.js';
import { toMessages } from './to-messages.js';
import { toReasoning } from './to-reasoning.js';
import { toSeed } from './to-seed.js';
import { toStructured } from './to-structured.js';
import { toTools } from './to-tools.js';

/** What a request asks of how it is served, rather than of its text. */
export interface ServingOptions {
  readonly tenant?: string | undefined;
  readonly resume?: boolean | undefined;
}

export interface CheckedCall {
  readonly request: GenerationRequest;
  readonly serving: ServingOptions;
  /** Every setting that has no effect, by name. */
  readonly warnings: SharedV4Warning[];
}

/** A call of the SDK in the engine's words. */
export function toRequest(model: string, options: LanguageModelV4CallOptions): CheckedCall {
  const given = readOptions<MlxLanguageModelOptions>(options.providerOptions, languageChecks);
  const { tenant, resume, logprobs, ...own } = given;
  const warnings: SharedV4Warning[] = [];
  const request: GenerationRequest = {
    model,
    messages: toMessages(options.prompt, warnings),
    maxTokens: options.maxOutputTokens,
    temperature: options.temperature,
    topP: options.topP,
    topK: options.topK,
    presencePenalty: options.presencePenalty,
    frequencyPenalty: options.frequencyPenalty,
    stopSequences: options.stopSequences,
    seed: toSeed(options.seed),
    reasoning: toReasoning(options.reasoning, warnings),
    structured: toStructured(options.responseFormat, warnings),
    ...toTools(options, warnings),
    ...toLogprobs(logprobs),
    ...own,
  };
  return { request: withoutUndefined(request), serving: { tenant, resume }, warnings };
}

function toLogprobs(asked: MlxLanguageModelOptions['logprobs']) {
  if (asked === undefined || asked === false) return {};
  return { logprobs: true, topLogprobs: asked === true ? 0 : asked };
}

function withoutUndefined(request: GenerationRequest): GenerationRequest {
  const { model, messages, ...rest } = request;
  const present = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { model, messages, ...Object.fromEntries(present) };
}
