import type { ReasoningEffort, Structured } from '../language/generation-request.js';
import {
  anything,
  either,
  flag,
  integerBetween,
  listOf,
  numberBetween,
  objectOf,
  oneOf,
  recordOf,
  text,
  type Checks,
} from './checks.js';

export interface MlxReasoningOptions {
  /** Switches thinking on or off, where the model's chat template can. */
  enabled?: boolean;
  effort?: ReasoningEffort;
  /** Most tokens of thoughts; 0 to 100,000. */
  budgetTokens?: number;
}

/** `providerOptions.mlx` of a language model: what the SDK's own settings have no word for. */
export interface MlxLanguageModelOptions {
  /** Keep tokens at least this fraction as likely as the most likely one; 0 to 1, 0 is off. */
  minP?: number;
  /** Divides positive and multiplies negative logits of seen tokens; 0.01 to 100, 1 is off. */
  repetitionPenalty?: number;
  /** Token id to the amount added to its logit, -100 to 100. */
  logitBias?: Record<string, number>;
  stopTokenIds?: number[];
  /**
   * Tell how likely each token was, in `providerMetadata.mlx.logprobs`; a
   * number: with so many that could have stood in its place, 0 to 20.
   */
  logprobs?: boolean | number;
  /** Go on past the model's end-of-sequence tokens. In the same process only. */
  ignoreEos?: boolean;
  /** False: at most one tool call. */
  parallelToolCalls?: boolean;
  /** In finer steps than the SDK's `reasoning`, which it overrides. */
  reasoning?: MlxReasoningOptions;
  /** Hold the answer to a form beside JSON. In the same process only. */
  structured?: Structured;
  /** Higher is served first; -100 to 100. */
  priority?: number;
  /** Fair sharing and prefix caches are per tenant. */
  tenant?: string;
  /** Longest wait for a place in the batch, in milliseconds. In the same process only. */
  queueTimeoutMs?: number;
  /** Go on after a crash of the model's process. In the same process only. */
  resume?: boolean;
  /** A loaded adapter (LoRA) of the model; the model id `model:adapter` says the same. */
  adapter?: string;
  /** A draft model that is loaded beside the model; false: none. */
  draftModel?: string | false;
  /** Draft from the request's own text where that is faster. */
  promptLookup?: boolean;
  /** What the answer will probably be like; it is drafted from, and changes nothing else. */
  prediction?: string;
  /** Variables for the model's chat template. */
  templateOptions?: Record<string, unknown>;
}

const TOKEN_ID = /^\d{1,10}$/;
const LARGEST_TOKEN = 2_147_483_647;

const reasoningChecks: Checks<MlxReasoningOptions> = {
  enabled: flag,
  effort: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh'),
  budgetTokens: integerBetween(0, 100_000),
};

const structuredChecks: Checks<Structured> = {
  format: oneOf('json', 'regex', 'grammar', 'choice'),
  schema: either(text, either(listOf(text), recordOf(anything))),
};

export const languageChecks: Checks<MlxLanguageModelOptions> = {
  minP: numberBetween(0, 1),
  repetitionPenalty: numberBetween(0.01, 100),
  logitBias: recordOf(numberBetween(-100, 100), TOKEN_ID),
  stopTokenIds: listOf(integerBetween(0, LARGEST_TOKEN)),
  logprobs: either(flag, integerBetween(0, 20)),
  ignoreEos: flag,
  parallelToolCalls: flag,
  reasoning: objectOf(reasoningChecks),
  structured: objectOf(structuredChecks, ['format', 'schema']),
  priority: integerBetween(-100, 100),
  tenant: text,
  queueTimeoutMs: integerBetween(1, Number.MAX_SAFE_INTEGER),
  resume: flag,
  adapter: text,
  draftModel: either(text, oneOf(false)),
  promptLookup: flag,
  prediction: text,
  templateOptions: recordOf(anything),
};
