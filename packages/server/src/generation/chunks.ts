import { errorFromChunk } from '@mlx/schemas';
import type { ErrorChunk, GeneratorChunk } from '@mlx/schemas';

/** A chunk that is not an error. */
export type AnswerChunk = Exclude<GeneratorChunk, ErrorChunk>;

/** Time that a stream's first token may take before its headers are sent without it. */
const HEADERS_AFTER_MS = 5000;

/** Turns error chunks into exceptions, so that failures have one form. */
export async function* answerChunks(
  source: AsyncIterable<GeneratorChunk>,
): AsyncGenerator<AnswerChunk> {
  for await (const chunk of source) {
    if (chunk.type === 'error') throw errorFromChunk(chunk);
    yield chunk;
  }
}

/**
 * Starts reading and waits for the first element, so that a request that
 * fails at once is answered with a status instead of a broken stream. After
 * `HEADERS_AFTER_MS` (a long prompt) it gives up that chance.
 */
export async function started<Item>(
  source: AsyncGenerator<Item>,
  waitMs = HEADERS_AFTER_MS,
): Promise<AsyncGenerator<Item>> {
  const first = source.next();
  // The reader below sees a failure, unless its client left before reading.
  first.catch(() => undefined);
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  try {
    await Promise.race([first, late]);
  } finally {
    clearTimeout(timer);
  }
  return resume(first, source);
}

async function* resume<Item>(
  first: Promise<IteratorResult<Item>>,
  source: AsyncGenerator<Item>,
): AsyncGenerator<Item> {
  try {
    for (let result = await first; !result.done; result = await source.next()) yield result.value;
  } finally {
    await source.return(undefined);
  }
}
