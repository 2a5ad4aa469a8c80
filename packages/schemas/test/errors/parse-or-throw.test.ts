import { expect, it } from 'vitest';
import { LoadModelOptionsSchema, parseOrThrow } from '../../src/index.js';

it('gives the parsed value', () => {
  expect(parseOrThrow(LoadModelOptionsSchema, 'llama')).toEqual({ model: 'llama' });
});

it('throws the engine error of an invalid input', () => {
  expect(() => parseOrThrow(LoadModelOptionsSchema, { model: '' })).toThrow(
    "Validation error on field 'model': Cannot be empty",
  );
});

it('throws an engine error when reading the input throws', () => {
  const hostile = {
    get model(): string {
      throw new RangeError('gotcha');
    },
  };
  expect(() => parseOrThrow(LoadModelOptionsSchema, hostile)).toThrow(
    expect.objectContaining({ code: 'InvalidParams', cause: expect.any(RangeError) }),
  );
});
