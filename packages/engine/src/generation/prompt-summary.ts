import type { GeneratorParams } from '@mlx/schemas';

const SUMMARY_CHARACTERS = 80;
const HALF_CHARACTER = /[\uD800-\uDBFF]$/;

/** A word about the prompt for events and logs: never the whole of it. */
export function promptSummary({ prompt, messages }: GeneratorParams): string {
  if (messages !== undefined) return `${messages.length} message(s)`;
  if (typeof prompt === 'string') return beginning(prompt);
  if (prompt === undefined) return '';
  if ('tokens' in prompt) return `${prompt.tokens.length} token(s)`;
  return beginning(prompt.template);
}

function beginning(text: string): string {
  if (text.length <= SUMMARY_CHARACTERS) return text;
  const cut = text.slice(0, SUMMARY_CHARACTERS - 1);
  return `${cut.replace(HALF_CHARACTER, '')}…`;
}
