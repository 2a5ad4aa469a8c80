import { chatSampling } from '@mlx/schemas/endpoints';
import type { Model } from '../models/model-list.js';
import type { Settings } from './settings-schema.js';

/** The settings as a request's fields; what is not set is the model's own, or calm where it has none. */
export function toParameters(
  settings: Settings,
  model: Model | undefined,
): Readonly<Record<string, unknown>> {
  const { thinking, effort } = settings;
  const set = dropAbsent({
    temperature: settings.temperature,
    top_p: settings.topP,
    top_k: settings.topK,
    min_p: settings.minP,
    repetition_penalty: settings.repetitionPenalty,
    presence_penalty: settings.presencePenalty,
    frequency_penalty: settings.frequencyPenalty,
    max_tokens: settings.maxTokens,
    seed: settings.seed,
    stop: settings.stopSequences?.length ? settings.stopSequences : undefined,
    reasoning: thinking === undefined && !effort ? undefined : { enabled: thinking, effort },
  });
  return { ...chatSampling(model?.defaults), ...set };
}

function dropAbsent(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
