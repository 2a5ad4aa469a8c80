import { namedRandom } from '../../prompts/random.ts';

/** `count` draws of which the nth value comes 1 / n as often as the first. */
export function zipf<Value>(values: readonly Value[], count: number, name: string): Value[] {
  const random = namedRandom(name);
  const weights = values.map((_, index) => 1 / (index + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: count }, () => draw(values, weights, random() * total));
}

function draw<Value>(values: readonly Value[], weights: readonly number[], at: number): Value {
  let rest = at;
  for (const [index, value] of values.entries()) {
    rest -= weights[index] ?? 0;
    if (rest < 0) return value;
  }
  throw new Error('There is nothing to draw from.');
}
