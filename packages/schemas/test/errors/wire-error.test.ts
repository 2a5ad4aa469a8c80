import { expect, it } from 'vitest';
import { engineErrorCodeFromWire, WireErrorTypeSchema } from '../../src/index.js';

it.each([
  ['queue_full', 'Overloaded'],
  ['queue_timeout', 'Timeout'],
  ['context_length_exceeded', 'InvalidParams'],
  ['unsupported_parameter', 'InvalidParams'],
  ['model_not_loaded', 'ModelNotLoaded'],
  ['model_load_failed', 'ModelLoadError'],
  ['non_finite_logits', 'GenerationError'],
])('understands the type %s', (type, code) => {
  expect(engineErrorCodeFromWire({ code: -32000, message: 'x', data: { type } })).toBe(code);
});

it.each(WireErrorTypeSchema.options)('has a code other than RuntimeError for %s', (type) => {
  expect(engineErrorCodeFromWire({ code: -32099, message: 'x', data: { type } })).not.toBe(
    'RuntimeError',
  );
});

it.each([
  [-32700, undefined, 'ParseError'],
  [-32600, undefined, 'InvalidRequest'],
  [-32601, undefined, 'MethodNotFound'],
  [-32602, undefined, 'InvalidParams'],
  [-32603, undefined, 'InternalError'],
  [-32000, undefined, 'ServerError'],
  [-32003, null, 'TokenizerError'],
  [-32003, { type: 'toString' }, 'TokenizerError'],
  [-1, 'text', 'RuntimeError'],
])('goes by the number %i when data is %j', (code, data, expected) => {
  expect(engineErrorCodeFromWire({ code, message: 'x', data })).toBe(expected);
});
