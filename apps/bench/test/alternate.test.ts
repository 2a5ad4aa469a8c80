import { expect, test } from 'vitest';
import { alternate } from '../src/measure/alternate.ts';

test('the sides take turns in going first and stay paired', async () => {
  const order: string[] = [];
  const side = (name: string) => async (round: number) => {
    order.push(`${name}${round}`);
    return `${name}${round}`;
  };
  const pairs = await alternate('x', 3, () => undefined, { ours: side('a'), reference: side('b') });
  expect(order).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2']);
  expect(pairs[1]).toEqual({ ours: 'a1', reference: 'b1' });
});
