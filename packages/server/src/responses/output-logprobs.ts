import type { OutputTextLogprob } from '@mlx/schemas/responses';
import type { WrittenChunk } from '@mlx/schemas';
import { toLogprobContent } from '../openai/logprobs.js';

/** The same log-probabilities as in chat, with no bytes where they are not known. */
export function toOutputLogprobs(chunk: WrittenChunk): OutputTextLogprob[] {
  return toLogprobContent(chunk).map((entry) =>
    Object.assign(withBytes(entry), { top_logprobs: entry.top_logprobs.map(withBytes) }),
  );
}

function withBytes({ token, logprob, bytes }: Entry) {
  return { token, logprob, bytes: bytes ?? [] };
}

interface Entry {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: number[] | null;
}
