import { chatSampling } from '@mlx/schemas/endpoints';
import type { Model } from '../models/model-list.js';
import type { Settings } from './settings-schema.js';

export interface NumberFieldText {
  readonly name: Exclude<keyof Settings, 'systemPrompt' | 'stopSequences' | 'thinking' | 'effort'>;
  readonly label: string;
  readonly hint: string;
  readonly step: number;
  readonly placeholder: string;
}

/** The numbers of a conversation; each shows what applies while it is empty. */
export function numberFields(model: Model | undefined): readonly NumberFieldText[] {
  const defaults = { ...model?.defaults, ...chatSampling(model?.defaults) };
  return [
    {
      name: 'temperature',
      label: 'Temperature',
      step: 0.1,
      placeholder: shown(defaults.temperature, '1'),
      hint: '0 always takes the most likely token; higher is more varied.',
    },
    {
      name: 'topP',
      label: 'Top P',
      step: 0.05,
      placeholder: shown(defaults.top_p, '1'),
      hint: 'Nucleus sampling: the most likely tokens up to this cumulative probability; 1 is off.',
    },
    {
      name: 'topK',
      label: 'Top K',
      step: 1,
      placeholder: shown(defaults.top_k, '0'),
      hint: 'The most likely tokens up to this number; 0 is off.',
    },
    {
      name: 'minP',
      label: 'Min P',
      step: 0.01,
      placeholder: shown(defaults.min_p, '0'),
      hint: 'Tokens at least this fraction as likely as the most likely one; 0 is off.',
    },
    {
      name: 'repetitionPenalty',
      label: 'Repetition penalty',
      step: 0.05,
      placeholder: shown(defaults.repetition_penalty, '1'),
      hint: 'Above 1, tokens that were there already become less likely.',
    },
    {
      name: 'presencePenalty',
      label: 'Presence penalty',
      step: 0.1,
      placeholder: '0',
      hint: 'Taken once from every token that the answer has already.',
    },
    {
      name: 'frequencyPenalty',
      label: 'Frequency penalty',
      step: 0.1,
      placeholder: '0',
      hint: 'Taken for each time that a token was written.',
    },
    {
      name: 'maxTokens',
      label: 'Maximum tokens',
      step: 1,
      placeholder: 'As many as fit',
      hint: 'An answer ends after this many tokens.',
    },
    {
      name: 'seed',
      label: 'Seed',
      step: 1,
      placeholder: 'Random',
      hint: 'The same seed and settings give the same answer.',
    },
  ];
}

function shown(advised: number | null | undefined, otherwise: string): string {
  return String(advised ?? otherwise);
}
