import type { Completion, TextScore, TokenLogprob } from '@mlx/schemas';

type Entry = Pick<TokenLogprob, 'text' | 'logprob'>;

type Logprobs = NonNullable<Completion['choices'][number]['logprobs']>;

/** The older shape: one list per property. */
export type CompletionLogprobs = Logprobs & { top_logprobs: NonNullable<Logprobs['top_logprobs']> };

/** The chosen token is among them, also where it is none of the most likely ones. */
export function toTopLogprobs(chosen: Entry, top: readonly Entry[]): Record<string, number> {
  // Of several tokens with the same text the likeliest counts, and the chosen one before all.
  const entries = [...top.toReversed(), chosen];
  return Object.fromEntries(entries.map(({ text, logprob }) => [text, logprob]));
}

/** The first token has nothing before it, hence no probability. */
export function promptLogprobs({ tokens }: TextScore): CompletionLogprobs {
  let offset = 0;
  return {
    tokens: tokens.map(({ text }) => text),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ text, logprob, top }) =>
      logprob === null ? null : toTopLogprobs({ text, logprob }, top),
    ),
    text_offset: tokens.map(({ text }) => {
      const start = offset;
      offset += text.length;
      return start;
    }),
  };
}

export function joined(first: CompletionLogprobs, second: CompletionLogprobs): CompletionLogprobs {
  return {
    tokens: [...first.tokens, ...second.tokens],
    token_logprobs: [...first.token_logprobs, ...second.token_logprobs],
    top_logprobs: [...first.top_logprobs, ...second.top_logprobs],
    text_offset: [...first.text_offset, ...second.text_offset],
  };
}
