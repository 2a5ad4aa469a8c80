import type { GeneratorChunk, GeneratorParams, MetadataChunk } from '@mlx/schemas';
import type { ServingEngine } from '../serving-engine.js';
import { AnswerSource } from './answer-source.js';
import { merge } from './merge.js';

export interface AnswersRequest {
  /** One engine request per prompt. */
  readonly prompts: readonly GeneratorParams[];
  readonly answersPerPrompt: number;
  /** Whose request it is, for fair sharing; absent: nobody in particular. */
  readonly tenant: string | undefined;
}

/** Starts all prompts at once; answers are numbered through, prompt by prompt. */
export function answersOf(
  engine: ServingEngine,
  { prompts, answersPerPrompt, tenant }: AnswersRequest,
  signal: AbortSignal,
  onAnswer?: (end: MetadataChunk) => void,
): AnswerSource {
  const options = tenant === undefined ? { signal } : { signal, tenant };
  const sources = prompts.map((params, prompt) => {
    const chunks = engine.createGenerator(params, options);
    return prompt === 0 ? chunks : renumbered(chunks, prompt * answersPerPrompt);
  });
  const [only] = sources;
  return new AnswerSource(only && sources.length === 1 ? only : merge(sources), onAnswer);
}

async function* renumbered(
  chunks: AsyncIterable<GeneratorChunk>,
  offset: number,
): AsyncGenerator<GeneratorChunk> {
  for await (const chunk of chunks) yield { ...chunk, index: (chunk.index ?? 0) + offset };
}
