import type { ErrorChunk, GeneratorChunk } from '@mlx/schemas';

/** A chunk that is not an error. */
export type AnswerChunk = Exclude<GeneratorChunk, ErrorChunk>;
