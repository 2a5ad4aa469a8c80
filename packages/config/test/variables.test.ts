import { describe, expect, it } from 'vitest';
import { faultOf, load } from './support/config-file.js';

describe('MLX_SERVING__SECTION__KEY', () => {
  it.each([
    ['a number', 'BATCH_QUEUE__MAX_BATCH_SIZE', '12', ['batch_queue', 'max_batch_size'], 12],
    ['a boolean', 'TELEMETRY__ENABLED', 'true', ['telemetry', 'enabled'], true],
    ['a boolean as digit', 'BATCH_QUEUE__ENABLED', '0', ['batch_queue', 'enabled'], false],
    ['a word', 'LOGGING__LEVEL', 'debug', ['logging', 'level'], 'debug'],
    ['digits where text is meant', 'LOGGING__DESTINATION', '42', ['logging', 'destination'], '42'],
    ['a list', 'CACHE__PRELOAD_MODELS', 'a, b', ['cache', 'preload_models'], ['a', 'b']],
    ['an empty list', 'CACHE__PRELOAD_MODELS', '', ['cache', 'preload_models'], []],
    ['one of some numbers', 'PERFORMANCE__KV_BITS', '8', ['performance', 'kv_bits'], 8],
    [
      'a key at depth three',
      'JSON_RPC__RETRY__MAX_ATTEMPTS',
      '7',
      ['json_rpc', 'retry', 'max_attempts'],
      7,
    ],
  ])('sets %s', (_, name, text, path, expected) => {
    const { config } = load('', { variables: { [`MLX_SERVING__${name}`]: text } });
    expect(path.reduce<unknown>((value, key) => Reflect.get(Object(value), key), config)).toEqual(
      expected,
    );
  });

  it.each([
    [
      'BATCH_QUEUE__MAX_BATCH_SIZE',
      'many',
      'batch_queue.max_batch_size: Expected number, received string',
    ],
    [
      'BATCH_QUEUE__MAX_BATCH_SIZE',
      '',
      'batch_queue.max_batch_size: Expected number, received string',
    ],
    [
      'BATCH_QUEUE__MAX_BATCH_SIZE',
      '0',
      'batch_queue.max_batch_size: Number must be greater than or equal to 1',
    ],
    ['BATCH_QUEUE__ENABLED', 'yes', 'batch_queue.enabled: Expected boolean, received string'],
    ['PERFORMANCE__KV_BITS', '5', 'performance.kv_bits: Invalid enum value'],
    ['LOGGING', 'debug', 'logging: Expected object, received string'],
    ['LOGGING__LEVLE', 'debug', "logging.levle: Unknown key; did you mean 'level'?"],
    ['LOGGING__LEVEL__DEEPER', 'x', 'logging.level: Invalid enum value'],
    ['', 'x', ': Unknown key'],
    ['__PROTO____POLLUTED', 'x', 'Unknown key'],
    ['CONSTRUCTOR__PROTOTYPE', 'x', 'constructor: Unknown key'],
  ])('%s=%j is refused by its name', (name, text, fault) => {
    const variable = `MLX_SERVING__${name}`;
    const message = faultOf('', { variables: { [variable]: text } });
    expect(message).toContain(`Invalid configuration: ${variable}: `);
    expect(message).toContain(fault);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it('takes a variable without a value as empty text', () => {
    const variables = { MLX_SERVING__LOGGING__LEVEL: undefined };
    expect(faultOf('', { variables })).toContain('logging.level: Invalid enum value');
  });
});
