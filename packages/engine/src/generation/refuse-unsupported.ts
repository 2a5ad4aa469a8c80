import { GeneratorParamsSchema, RepetitionPenalty, type GeneratorParams } from '@mlx/schemas';
import { httpParameters } from '@mlx/schemas/conventions';
import type { EngineSettings } from '../settings.js';
import { invalidParameter } from '../support/errors.js';
import { nearestName } from '../support/nearest-name.js';

/** What OpenAI's API calls them. */
const ofOtherApis: ReadonlyMap<string, string | null> = new Map(Object.entries(httpParameters));

const known: ReadonlySet<string> = new Set(Object.keys(GeneratorParamsSchema.shape));

/** Throws InvalidParams for everything that would otherwise have to be ignored. */
export function refuseUnsupported(params: GeneratorParams, settings: EngineSettings): void {
  refuseUnknown(params);
  atMost('maxTokens', params.maxTokens, settings.maxTokens, 'model.max_generation_tokens');
  atMost('temperature', params.temperature, settings.maxTemperature, 'model.max_temperature');
  refuseRepetitionPenalty(params.repetitionPenalty);
  refuseTools(params);
  if ((params.topLogprobs ?? 0) > 0 && params.logprobs !== true) {
    throw invalidParameter('topLogprobs', 'Needs logprobs: true');
  }
  if ((params.seed ?? 0) > Number.MAX_SAFE_INTEGER - (params.n ?? 1) + 1) {
    throw invalidParameter('seed', 'Too large for n answers; answer i uses seed + i');
  }
}

function atMost(name: string, value: number | undefined, limit: number, key: string): void {
  if (value === undefined || value <= limit) return;
  throw invalidParameter(name, `Number must be less than or equal to ${limit} (${key})`);
}

function refuseUnknown(params: GeneratorParams): void {
  const unknown = Object.keys(params).find((key) => !known.has(key));
  if (unknown === undefined) return;
  const meant = ofOtherApis.get(unknown) ?? nearestName(known, unknown);
  const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
  throw invalidParameter(unknown, `Unknown parameter; it would have no effect${hint}`);
}

/** The schema promises any number from 0; the runtime cannot compute with all of them. */
function refuseRepetitionPenalty(value: number | undefined): void {
  const { minValue, maxValue } = RepetitionPenalty;
  if (value === undefined || RepetitionPenalty.safeParse(value).success) return;
  throw invalidParameter(
    'repetitionPenalty',
    `Must be between ${minValue} and ${maxValue}; 1 is off`,
  );
}

/** Throws InvalidParams for tools, and choices among them, that make no sense. */
function refuseTools(params: GeneratorParams): void {
  const { tools = [], toolChoice = 'auto', messages, reasoning } = params;
  if (messages === undefined) {
    if (tools.length > 0) throw invalidParameter('tools', 'Need messages');
    if (reasoning !== undefined) throw invalidParameter('reasoning', 'Needs messages');
  }
  const names = tools.map(({ name }) => name);
  const duplicate = names.findIndex((name, index) => names.indexOf(name) < index);
  if (duplicate !== -1)
    throw invalidParameter(`tools.${duplicate}.name`, 'Another tool has this name');
  if (toolChoice === 'required' && tools.length === 0) {
    throw invalidParameter('toolChoice', 'There is no tool to call');
  }
  if (typeof toolChoice === 'object' && !names.includes(toolChoice.name)) {
    throw invalidParameter('toolChoice.name', `There is no tool named '${toolChoice.name}'`);
  }
}
