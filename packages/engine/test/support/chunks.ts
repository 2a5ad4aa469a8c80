import type { GeneratorChunk } from '@mlx/schemas';

export async function readAll(chunks: AsyncIterable<GeneratorChunk>): Promise<GeneratorChunk[]> {
  const all: GeneratorChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

/** The text of one answer. */
export function textOf(chunks: readonly GeneratorChunk[], index?: number): string {
  return chunks
    .flatMap((chunk) => (chunk.type === 'token' && chunk.index === index ? chunk.token : []))
    .join('');
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`Expected a rejection, got ${JSON.stringify(value)}`);
    },
    (thrown: unknown) => thrown,
  );
}
