import type { Mismatch } from '@mlx/schemas';
import { namesHeader } from '../http/names-header.js';
import type { AnswerChunk } from './chunks.js';

/** The response header that names what does not follow its schema. */
const MISMATCHES_HEADER = 'mlx-mismatches';

/** What stands for the answer itself among the names of functions. */
const ANSWER = 'content';

/** The field of an answer that tells what does not follow its schema; none where all does. */
export function mismatchField(mismatches: readonly Mismatch[] = []): { mismatches?: Mismatch[] } {
  return mismatches.length === 0 ? {} : { mismatches: [...mismatches] };
}

/** Hears what the chunks of an answer tell that goes by. */
export class MismatchNames {
  readonly #names = new Set<string>();

  async *of(chunks: AsyncIterable<AnswerChunk>): AsyncGenerator<AnswerChunk> {
    for await (const chunk of chunks) {
      if (chunk.type === 'metadata') {
        for (const { tool } of chunk.mismatches ?? []) this.#names.add(tool ?? ANSWER);
      }
      yield chunk;
    }
  }

  get headers(): Record<string, string> {
    const names = namesHeader([...this.#names]);
    return names === undefined ? {} : { [MISMATCHES_HEADER]: names };
  }
}
