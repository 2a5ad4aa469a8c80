import type { TextInput } from '@mlx/schemas';
import type { WirePromptInput } from '@mlx/schemas/wire';

/** One prompt for each text, however the input was written. */
export function toPrompts(input: TextInput): WirePromptInput[] {
  if (typeof input === 'string') return [toPrompt(input)];
  if (isTokens(input)) return [toPrompt(input)];
  return input.map(toPrompt);
}

function toPrompt(text: string | number[]): WirePromptInput {
  return typeof text === 'string' ? { type: 'text', text } : { type: 'tokens', tokens: text };
}

function isTokens(input: TextInput): input is number[] {
  return typeof input[0] === 'number';
}
