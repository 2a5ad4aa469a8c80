import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  EngineClientError,
  EngineErrorCode,
  EngineErrorCodeSchema,
  engineErrors,
  LoadModelOptionsSchema,
  isEngineClientError,
  zodErrorToEngineError,
} from '../../src/index.js';
import { rejectionOf } from '../support/rejection.js';

describe('zodErrorToEngineError', () => {
  it('gives InvalidParams, the first fault as message, and all faults as details', () => {
    const input = { model: '', quantization: 'int16', draft: 'yes' };
    const result = LoadModelOptionsSchema.safeParse(input);
    const error = zodErrorToEngineError(result.error ?? new z.ZodError([]));
    expect(error).toMatchObject({
      name: 'EngineClientError',
      code: 'InvalidParams',
      message: "Validation error on field 'model': Cannot be empty",
      retryable: false,
      details: {
        field: 'model',
        issues: [
          { path: ['model'], message: 'Cannot be empty', code: 'too_small' },
          { path: ['draft'], message: 'Expected boolean, received string', code: 'invalid_type' },
          { path: ['quantization'], message: 'Invalid enum value', code: 'invalid_enum_value' },
        ],
      },
    });
    expect(error.cause).toBe(result.error);
  });

  const cases: [string, z.ZodType, unknown, string, string][] = [
    ['too_small', z.number().min(3), 2, 'Number must be greater than or equal to 3', 'too_small'],
    ['too_small', z.number().gt(3), 3, 'Number must be greater than 3', 'too_small'],
    [
      'too_small',
      z.string().min(3),
      'a',
      'String must contain at least 3 character(s)',
      'too_small',
    ],
    [
      'too_small',
      z.array(z.int()).min(1),
      [],
      'Array must contain at least 1 element(s)',
      'too_small',
    ],
    ['too_big', z.number().max(3), 4, 'Number must be less than or equal to 3', 'too_big'],
    ['too_big', z.number().lt(3), 3, 'Number must be less than 3', 'too_big'],
    ['too_big', z.string().max(3), 'abcd', 'String must contain at most 3 character(s)', 'too_big'],
    ['too_big', z.array(z.int()).max(0), [1], 'Array must contain at most 0 element(s)', 'too_big'],
    ['invalid_type', z.string(), 1, 'Expected string, received number', 'invalid_type'],
    ['invalid_type', z.string(), undefined, 'Required', 'invalid_type'],
    ['invalid_type', z.int(), 1.5, 'Expected integer, received float', 'invalid_type'],
    ['invalid_type', z.number(), Number.NaN, 'Expected number, received NaN', 'invalid_type'],
    ['invalid_enum_value', z.enum(['a', 'b']), 'c', 'Invalid enum value', 'invalid_enum_value'],
    ['invalid_enum_value', z.literal('a'), 'c', 'Invalid enum value', 'invalid_enum_value'],
    [
      'invalid_string',
      z.string().regex(/^a/, 'Must start with a'),
      'b',
      'Must start with a',
      'invalid_string',
    ],
    [
      'invalid_string',
      z.string().regex(/^a/),
      'b',
      'Invalid string: must match pattern /^a/',
      'invalid_string',
    ],
    [
      'unrecognized_keys',
      z.strictObject({}),
      { a: 1 },
      "Unrecognized key(s) in object: 'a'",
      'unrecognized_keys',
    ],
    ['custom', z.number().refine((n) => n % 2 === 0, 'Must be even'), 1, 'Must be even', 'custom'],
    ['custom', z.number().multipleOf(2), 1, 'Invalid number: must be a multiple of 2', 'custom'],
  ];

  it.each(cases)('reports %s', (_, schema, input, message, code) => {
    expect(rejectionOf(schema, input).first).toMatchObject({ message, code });
  });

  it('names the value itself root', () => {
    expect(rejectionOf(z.string(), 1).message).toBe(
      "Validation error on field 'root': Expected string, received number",
    );
  });

  it('joins nested paths with dots', () => {
    const schema = z.object({ a: z.array(z.object({ b: z.string() })) });
    expect(rejectionOf(schema, { a: [{ b: 1 }] }).details).toEqual({
      field: 'a.0.b',
      issues: [
        { path: ['a', 0, 'b'], message: 'Expected string, received number', code: 'invalid_type' },
      ],
    });
  });

  it('names a symbol in a path by its description', () => {
    const error = new z.ZodError([
      { code: 'custom', path: [Symbol('secret')], message: 'no', input: undefined },
    ]);
    expect(zodErrorToEngineError(error).details).toMatchObject({
      field: 'Symbol(secret)',
      issues: [{ path: ['Symbol(secret)'] }],
    });
  });

  it('survives an error without issues', () => {
    expect(zodErrorToEngineError(new z.ZodError([])).message).toBe(
      "Validation error on field 'root': Invalid input",
    );
  });

  it.each<[string, z.core.$ZodIssue, string]>([
    [
      'a type error that does not say what it received',
      { code: 'invalid_type', expected: 'string', path: [], message: 'Invalid input', input: 1 },
      'Expected string, received unknown',
    ],
    [
      'a union without members',
      { code: 'invalid_union', errors: [], path: [], message: 'Invalid input', input: 1 },
      'Invalid input',
    ],
    [
      'an element without a reason',
      {
        code: 'invalid_element',
        origin: 'set',
        key: 0,
        issues: [],
        path: [0],
        message: 'Invalid value in set',
        input: 1,
      },
      'Invalid value in set',
    ],
    [
      'a key without a reason',
      {
        code: 'invalid_key',
        origin: 'record',
        issues: [],
        path: ['a'],
        message: 'Invalid key in record',
        input: 1,
      },
      'Invalid key in record',
    ],
  ])('survives %s', (_, issue, message) => {
    expect(zodErrorToEngineError(new z.ZodError([issue])).details).toMatchObject({
      issues: [{ message }],
    });
  });

  it('keeps messages that another language was configured for', () => {
    const schema = z.string({ error: () => 'Chaîne attendue' });
    expect(rejectionOf(schema, 1).first.message).toBe('Chaîne attendue');
  });
});

describe('the error table', () => {
  const numbers = {
    ParseError: -32700,
    InvalidRequest: -32600,
    MethodNotFound: -32601,
    InvalidParams: -32602,
    InternalError: -32603,
    ServerError: -32000,
    ModelLoadError: -32001,
    GenerationError: -32002,
    TokenizerError: -32003,
    GuidanceError: -32004,
    ModelNotLoaded: -32005,
    RuntimeError: -32099,
  };
  const clientSide = [
    'TransportError',
    'Timeout',
    'Cancelled',
    'SidecarCrashed',
    'Overloaded',
    'UnknownError',
  ];

  it('holds the documented codes and no others', () => {
    expect(EngineErrorCodeSchema.options.toSorted()).toEqual(
      [...Object.keys(numbers), ...clientSide].toSorted(),
    );
  });

  it.each(Object.entries(numbers))('gives %s the number %i', (code, rpc) => {
    expect(engineErrors[EngineErrorCodeSchema.parse(code)].rpc).toBe(rpc);
  });

  it.each(clientSide)('keeps %s off the wire', (code) => {
    expect(engineErrors[EngineErrorCodeSchema.parse(code)].rpc).toBeNull();
  });

  it.each(EngineErrorCodeSchema.options)(
    'says of %s an HTTP status and whether to retry',
    (code) => {
      expect(engineErrors[code].http).toBeGreaterThanOrEqual(400);
      expect(engineErrors[code].http).toBeLessThan(600);
      expect(engineErrors[code].retryable).toBeTypeOf('boolean');
    },
  );

  it('has its codes as values too', () => {
    expect(EngineErrorCode.InvalidParams).toBe('InvalidParams');
  });
});

describe('EngineClientError', () => {
  it('carries code, retryable, cause and details', () => {
    const cause = new Error('EPIPE');
    const error = new EngineClientError('SidecarCrashed', 'The sidecar exited', {
      cause,
      details: { signal: 'SIGKILL' },
    });
    expect(error).toMatchObject({
      message: 'The sidecar exited',
      code: 'SidecarCrashed',
      retryable: true,
      cause,
      details: { signal: 'SIGKILL' },
      httpStatus: 503,
      rpcCode: null,
    });
  });

  it('can say that this very call must not be retried', () => {
    const error = new EngineClientError('Timeout', 'Too late', { retryable: false });
    expect(error.retryable).toBe(false);
    expect(Object.hasOwn(error, 'cause')).toBe(false);
  });

  it('is recognised by its marker, also when another copy of the package made it', () => {
    const foreign = Object.defineProperty(new Error('x'), Symbol.for('mlx.engine-client-error'), {
      value: true,
    });
    expect(isEngineClientError(new EngineClientError('Timeout', 'x'))).toBe(true);
    expect(isEngineClientError(foreign)).toBe(true);
  });

  it.each([new Error('x'), null, undefined, 'Timeout', { code: 'Timeout' }])(
    'is not confused with %o',
    (value) => {
      expect(isEngineClientError(value)).toBe(false);
    },
  );
});
