import type { WirePrompt } from '@mlx/schemas/wire';

export const FAKE_VOCABULARY = 997;

/** A model in one line: each token depends on all before it, so a wrong resumption shows. */
export function nextState(state: number, token: number): number {
  return (state * 31 + token + 7) % 1_000_003;
}

export function tokenOf(state: number): number {
  return state % FAKE_VOCABULARY;
}

export function textOf(token: number): string {
  return `t${token} `;
}

/** One token per word. */
export function tokenizePrompt(prompt: WirePrompt): number[] {
  switch (prompt.type) {
    case 'tokens':
      return prompt.tokens;
    case 'text':
      return words(prompt.text);
    case 'chat':
      return prompt.messages.flatMap(({ content }) => words(content ?? ''));
    default:
      return prompt satisfies never;
  }
}

function words(text: string): number[] {
  const parts = text.split(/\s+/).filter((word) => word !== '');
  return parts.map((word) => Buffer.from(word).reduce((sum, byte) => sum + byte, 0));
}
