import type { GeneratorParams } from '@mlx/schemas';
import { badRequest } from '../http/parse-body.js';

/** The sampling parameters that chat completions and completions share, as received. */
export interface SamplingRequest {
  readonly frequency_penalty?: number | null | undefined;
  readonly logit_bias?: Record<string, number> | null | undefined;
  readonly max_tokens?: number | null | undefined;
  readonly max_completion_tokens?: number | null | undefined;
  readonly min_p?: number | null | undefined;
  readonly n?: number | null | undefined;
  readonly presence_penalty?: number | null | undefined;
  readonly priority?: number | null | undefined;
  readonly prompt_lookup?: boolean | null | undefined;
  readonly draft_model?: string | false | null | undefined;
  readonly repetition_penalty?: number | null | undefined;
  readonly seed?: number | null | undefined;
  readonly stop?: string | string[] | null | undefined;
  readonly stop_token_ids?: number[] | null | undefined;
  readonly stream?: boolean | null | undefined;
  readonly stream_options?:
    | { include_usage?: boolean | undefined; include_obfuscation?: boolean | undefined }
    | null
    | undefined;
  readonly temperature?: number | null | undefined;
  readonly top_k?: number | null | undefined;
  readonly top_p?: number | null | undefined;
}

/** The engine's name for each parameter; what the request left out is left out. */
export function toSampling(request: SamplingRequest): Partial<GeneratorParams> {
  return withoutAbsent({
    draftModel: request.draft_model,
    frequencyPenalty: request.frequency_penalty,
    logitBias: request.logit_bias,
    maxTokens: maxTokens(request),
    minP: request.min_p,
    n: request.n,
    presencePenalty: request.presence_penalty,
    priority: request.priority,
    promptLookup: request.prompt_lookup,
    repetitionPenalty: request.repetition_penalty,
    seed: typeof request.seed === 'number' ? toSeed(request.seed) : undefined,
    stopSequences: typeof request.stop === 'string' ? [request.stop] : request.stop,
    stopTokenIds: request.stop_token_ids,
    temperature: request.temperature,
    topK: request.top_k,
    topP: request.top_p,
  });
}

export function requireStreamOptionsFit(request: SamplingRequest): void {
  if (!request.stream_options) return;
  if (!request.stream) {
    throw badRequest(
      "'stream_options' is only allowed when 'stream' is true.",
      'invalid_parameter',
      'stream_options',
    );
  }
}

function maxTokens(request: SamplingRequest): number | null | undefined {
  const { max_tokens: older, max_completion_tokens: newer } = request;
  if (typeof older === 'number' && typeof newer === 'number' && older !== newer) {
    throw badRequest(
      "'max_tokens' and 'max_completion_tokens' mean the same; send one of them.",
      'invalid_parameter',
      'max_completion_tokens',
    );
  }
  return newer ?? older;
}

/** Any integer is a seed in OpenAI's API; the engine's start at zero. */
function toSeed(seed: number): number {
  return seed >= 0 ? seed : Number.MAX_SAFE_INTEGER + seed + 1;
}

function withoutAbsent(params: Record<string, unknown>): Partial<GeneratorParams> {
  return Object.fromEntries(
    Object.entries(params).filter(([, value]) => value !== undefined && value !== null),
  );
}
