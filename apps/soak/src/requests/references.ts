import type { Engine } from '@mlx/engine';
import { addChunk, newAnswers } from './answer-record.ts';
import type { Reference } from './judge.ts';
import type { Recipe } from './recipe.ts';

export interface References {
  /** What each steady recipe brings when nothing goes wrong, by its id. */
  readonly answers: ReadonlyMap<number, Reference>;
  readonly steady: readonly Recipe[];
}

/** Sums come out a little different in batches of another size, and a tie may fall the other way. */
const TOGETHER = [8, 3];

/**
 * Makes every recipe in calm, in company of two sizes. One whose answer hangs
 * on a rounding error says nothing about faults and is left out.
 */
export async function undisturbed(
  engine: Engine,
  model: string,
  recipes: readonly Recipe[],
): Promise<References> {
  const passes: Map<number, Reference>[] = [];
  for (const count of TOGETHER) passes.push(await pass(engine, model, recipes, count));
  const [answers = new Map<number, Reference>(), ...others] = passes;
  const steady = recipes.filter(({ id }) =>
    others.every((other) => textOf(other.get(id)) === textOf(answers.get(id))),
  );
  return { answers, steady };
}

function textOf(answer: Reference = []): string {
  return answer.map(({ text }) => text).join('\0');
}

async function pass(
  engine: Engine,
  model: string,
  recipes: readonly Recipe[],
  together: number,
): Promise<Map<number, Reference>> {
  const answers = new Map<number, Reference>();
  const waiting = [...recipes];
  const lanes = Array.from({ length: together }, async () => {
    for (let recipe = waiting.shift(); recipe !== undefined; recipe = waiting.shift()) {
      answers.set(recipe.id, await answerOf(engine, model, recipe));
    }
  });
  await Promise.all(lanes);
  return answers;
}

async function answerOf(engine: Engine, model: string, { params }: Recipe): Promise<Reference> {
  const answers = newAnswers(params.n ?? 1);
  for await (const chunk of engine.createGenerator({ ...params, model })) addChunk(answers, chunk);
  const broken = answers.flatMap(({ ends }) => ends).find((end) => end !== 'complete');
  if (broken !== undefined) throw new Error(`Without any fault: ${broken.code} ${broken.message}`);
  return answers;
}
