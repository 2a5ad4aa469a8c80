import { EngineClientError } from '@mlx/schemas';
import { expect, test } from 'vitest';
import { namedAsAsked } from '../../src/generation/named-as-asked.js';

const refused = (field: string) =>
  new EngineClientError('InvalidParams', `Validation error on field '${field}': No`, {
    details: { type: 'unsupported_parameter', field, param: field },
  });

test.each([
  ['prompt.messages.1.parts.2', 'messages.1.content.2'],
  ['prompt.messages', 'messages'],
  ['prompt.tools.0.parameters', 'tools.0.parameters'],
  ['grammar', 'structured'],
  ['toolUse.name', 'toolChoice.name'],
  ['toolUse.choice', 'toolChoice'],
  ['sampling.logitBias.7', 'logitBias.7'],
  ['sampling.stop.0', 'stopSequences.0'],
])('what the runtime calls %s is told as %s', (wire, asked) => {
  expect(namedAsAsked(refused(wire))).toMatchObject({
    code: 'InvalidParams',
    message: `Validation error on field '${asked}': No`,
    details: { type: 'unsupported_parameter', field: asked, param: asked },
  });
});

test('errors of no field, or of one that callers know by its name, stay as they are', () => {
  const known = refused('prompt.tokens');
  const other = new EngineClientError('Timeout', 'Too slow');
  expect(namedAsAsked(known)).toBe(known);
  expect(namedAsAsked(other)).toBe(other);
  expect(namedAsAsked('text')).toBe('text');
});
