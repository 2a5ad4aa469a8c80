import { EngineClientError } from '@mlx/schemas';

/**
 * How alike two vectors point: 1 the same way, 0 at right angles, -1 the
 * opposite way; 0 where one of them is all zeros. Throws InvalidParams for
 * vectors of different lengths.
 */
export function cosineSimilarity(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) {
    throw new EngineClientError(
      'InvalidParams',
      `Vectors of ${one.length} and ${other.length} numbers cannot be compared: take both from one model, with the same 'dimensions'.`,
    );
  }
  let product = 0;
  let oneSquared = 0;
  let otherSquared = 0;
  for (let index = 0; index < one.length; index += 1) {
    const left = one[index] ?? 0;
    const right = other[index] ?? 0;
    product += left * right;
    oneSquared += left * left;
    otherSquared += right * right;
  }
  const length = Math.sqrt(oneSquared) * Math.sqrt(otherSquared);
  return length === 0 ? 0 : product / length;
}
