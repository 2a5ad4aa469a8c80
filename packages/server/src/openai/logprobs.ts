import type { OpenAIChoiceLogprobs, TokenLogprob, WrittenChunk } from '@mlx/schemas';

type LogprobContent = NonNullable<OpenAIChoiceLogprobs['content']>;

const encoder = new TextEncoder();

/** The tokens of a chunk with their log-probabilities, in OpenAI's chat shape. */
export function toLogprobContent(chunk: WrittenChunk): LogprobContent {
  return (chunk.logprobs ?? []).map((entry) =>
    Object.assign(toEntry(entry), { top_logprobs: entry.top.map(toEntry) }),
  );
}

function toEntry({ text, logprob, bytes }: Omit<TokenLogprob, 'token'>) {
  return { token: text, logprob, bytes: bytes ?? [...encoder.encode(text)] };
}
