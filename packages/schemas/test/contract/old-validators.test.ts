import { expect, it } from 'vitest';
import {
  validateGeneratorParams,
  validateLoadModelOptions,
  validateTokenizeRequest,
} from '../../src/index.js';

it.each([
  [validateLoadModelOptions, { model: 'llama-3-8b' }],
  [validateLoadModelOptions, 'llama-3-8b'],
  [validateGeneratorParams, { model: 'llama-3-8b', prompt: 'Hello' }],
  [validateTokenizeRequest, { model: 'llama-3-8b', text: '' }],
])('%o accepts %j', (validate, input) => {
  expect(validate(input)).toEqual({ valid: true, errors: [] });
});

it.each([
  [validateLoadModelOptions, { model: '' }, ['model: Cannot be empty']],
  [validateLoadModelOptions, { model: '  ' }, ['model: Cannot be blank']],
  [validateLoadModelOptions, '\t', ['model: Cannot be blank']],
  [validateLoadModelOptions, null, ['root: Expected object, received null']],
  [
    validateGeneratorParams,
    { model: '', prompt: 'Hi', maxTokens: 200_000 },
    ['model: Cannot be empty', 'maxTokens: Number must be less than or equal to 100000'],
  ],
  [
    validateGeneratorParams,
    { model: 'a', prompt: 'Hi', structured: { format: 'json' } },
    ['structured: structured.schema and structured.format are both required'],
  ],
  [validateTokenizeRequest, { model: 'a' }, ['text: Required']],
])('%o lists the faults of %j', (validate, input, errors) => {
  expect(validate(input)).toEqual({ valid: false, errors });
});
