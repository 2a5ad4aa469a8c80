import { issueMessage } from '@mlx/schemas';
import { SamplingParametersSchema } from '@mlx/schemas/openai';

/** What the commands of a chat change; the rest is as the model's makers advise. */
export interface ChatSettings {
  system: string | undefined;
  temperature: number | undefined;
  top_p: number | undefined;
  max_tokens: number | undefined;
  seed: number | undefined;
  /** Undefined: as the model does by itself. */
  think: boolean | undefined;
  /** Whether the model may call the tools of the demonstration. */
  tools: boolean | undefined;
}

export const settingNames = [
  'system',
  'temperature',
  'top_p',
  'max_tokens',
  'seed',
  'think',
  'tools',
] as const satisfies readonly (keyof ChatSettings)[];

export const newSettings = (): ChatSettings => ({
  system: undefined,
  temperature: undefined,
  top_p: undefined,
  max_tokens: undefined,
  seed: undefined,
  think: undefined,
  tools: undefined,
});

/** Changes a setting by what was typed; without a value it is as before. Returns what is wrong. */
export function changeSetting(
  settings: ChatSettings,
  name: string,
  text: string,
): string | undefined {
  const value = text === '' ? undefined : text;
  switch (name) {
    case 'system':
      settings.system = value;
      return undefined;
    case 'think':
    case 'tools':
      if (value !== undefined && !['on', 'off'].includes(value)) return `${name} is on or off`;
      settings[name] = value === undefined ? undefined : value === 'on';
      return undefined;
    case 'temperature':
    case 'top_p':
    case 'max_tokens':
    case 'seed':
      return changeNumber(settings, name, value);
    default:
      return `There is no setting ${name}; there are ${settingNames.join(', ')}`;
  }
}

/** As a request would have it. */
function changeNumber(
  settings: ChatSettings,
  name: 'temperature' | 'top_p' | 'max_tokens' | 'seed',
  value: string | undefined,
): string | undefined {
  if (value !== undefined && !Number.isFinite(Number(value))) return `${name} is a number`;
  const number = value === undefined ? undefined : Number(value);
  const { error } = SamplingParametersSchema.shape[name].safeParse(number);
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) return `${name}: ${issueMessage(issue)}`;
  settings[name] = number;
  return undefined;
}
