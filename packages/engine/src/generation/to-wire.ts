import { randomInt } from 'node:crypto';
import type { GeneratorParameter, GeneratorParams } from '@mlx/schemas';
import { wireParameters } from '@mlx/schemas/conventions';
import type { WireParams, WireSamplingInput, WireResult } from '@mlx/schemas/wire';
import type { GenerateOptions } from '../support/call-options.js';
import { toWireGrammar } from '../structured/to-grammar.js';
import { toWirePrompt } from './prompt.js';
import { toWireToolUse } from './tools-on-wire.js';

const LARGEST_DRAWN_SEED = 2 ** 47;

export type WireGenerate = WireParams<'generate'>;

interface Planned {
  readonly params: GeneratorParams;
  readonly options: GenerateOptions;
  readonly streamId: string;
  readonly draftModel: string | undefined;
  readonly adapter: string | undefined;
  readonly samplingDefaults: SamplingDefaults;
  readonly defaultMaxTokens: number;
}

/** One request to the runtime for each answer asked for; they differ in name and seed only. */
export function toWireRequests(planned: Planned): WireGenerate[] {
  const { params, options, streamId } = planned;
  const shared = {
    prompt: toWirePrompt(params),
    grammar: params.structured && toWireGrammar(params.structured),
    toolUse: toWireToolUse(params),
    reasoning: params.reasoning,
    priority: options.priority ?? params.priority,
    tenant: options.tenant,
    queueTimeoutMs: params.queueTimeoutMs,
    promptLookup: params.promptLookup,
    prediction: params.prediction,
    draftModel: planned.draftModel,
    adapter: planned.adapter,
  };
  const sampling = toWireSampling(planned);
  const { n = 1 } = params;
  // A draw can only be continued when its seed is known.
  const seed = params.seed ?? (options.resume === true ? randomInt(LARGEST_DRAWN_SEED) : undefined);
  return Array.from({ length: n }, (_, index) => ({
    ...shared,
    streamId: n === 1 ? streamId : `${streamId}:${index}`,
    sampling: seed === undefined ? sampling : { ...sampling, seed: seed + index },
  }));
}

function toWireSampling(planned: Planned): WireSamplingInput {
  const { params, defaultMaxTokens, samplingDefaults } = planned;
  const defaults = { maxTokens: defaultMaxTokens, ...samplingDefaults };
  return { ...defaults, ...underNames(params, wireParameters) };
}

type Names = Readonly<Record<string, GeneratorParameter>>;
type Renamed<Of extends Names> = { [Name in keyof Of]?: NonNullable<GeneratorParams[Of[Name]]> };

/** The parameters that are there, under other names. */
function underNames<Of extends Names>(params: GeneratorParams, names: Of): Renamed<Of> {
  const entries = Object.entries(names)
    .map(([name, parameter]) => [name, params[parameter]])
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Renamed<Of>;
}

export type SamplingDefaults = WireResult<'load'>['capabilities']['samplingDefaults'];

/** What the model's makers advise, within what the configuration allows. */
export function allowedDefaults(
  advised: SamplingDefaults,
  { maxTemperature }: { readonly maxTemperature: number },
): SamplingDefaults {
  const { temperature } = advised;
  if (temperature === undefined) return advised;
  return { ...advised, temperature: Math.min(temperature, maxTemperature) };
}
