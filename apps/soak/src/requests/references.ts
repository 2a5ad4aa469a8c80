import type { Engine } from '@mlx/engine';
import { addChunk, newAnswers } from './answer-record.ts';
import type { Reference } from './judge.ts';
import type { Recipe } from './recipe.ts';

/** So many at once; an answer does not depend on its neighbours. */
const TOGETHER = 8;

/** What each recipe brings when nothing goes wrong, by its id. */
export async function undisturbed(
  engine: Engine,
  model: string,
  recipes: readonly Recipe[],
): Promise<ReadonlyMap<number, Reference>> {
  const references = new Map<number, Reference>();
  const waiting = [...recipes];
  const lanes = Array.from({ length: TOGETHER }, async () => {
    for (let recipe = waiting.shift(); recipe !== undefined; recipe = waiting.shift()) {
      references.set(recipe.id, await answerOf(engine, model, recipe));
    }
  });
  await Promise.all(lanes);
  return references;
}

async function answerOf(engine: Engine, model: string, { params }: Recipe): Promise<Reference> {
  const answers = newAnswers(params.n ?? 1);
  for await (const chunk of engine.createGenerator({ ...params, model })) addChunk(answers, chunk);
  const broken = answers.flatMap(({ ends }) => ends).find((end) => end !== 'complete');
  if (broken !== undefined) throw new Error(`Without any fault: ${broken.code} ${broken.message}`);
  return answers;
}
