import type { OpenAIChoiceLogprobs, TokenLogprob } from '@mlx/schemas';
import type { WrittenChunk } from '../generation/chunks.js';

type LogprobContent = NonNullable<OpenAIChoiceLogprobs['content']>;

const encoder = new TextEncoder();
const REPLACEMENT_CHARACTER = '\uFFFD';

/** The tokens of a chunk with their log-probabilities, in OpenAI's chat shape. */
export function toLogprobContent(chunk: WrittenChunk): LogprobContent {
  return (chunk.logprobs ?? []).map((entry) =>
    Object.assign(toEntry(entry), { top_logprobs: entry.top.map(toEntry) }),
  );
}

function toEntry({ text, logprob }: Omit<TokenLogprob, 'token'>) {
  return { token: text, logprob, bytes: toBytes(text) };
}

/** A token that is part of a character has no text of its own, so its bytes are not known here. */
function toBytes(text: string): number[] | null {
  return text.includes(REPLACEMENT_CHARACTER) ? null : [...encoder.encode(text)];
}
