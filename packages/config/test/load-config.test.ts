import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { isEngineClientError } from '@mlx/schemas';
import { loadConfig, RuntimeConfigSchema } from '../src/index.js';
import { configFile, faultOf, load } from './support/config-file.js';

const defaults = RuntimeConfigSchema.parse({});
const quiet = { environment: '', variables: {} };

describe('loadConfig', () => {
  it('gives the defaults without a file', () => {
    expect(loadConfig(undefined, quiet)).toEqual(defaults);
  });

  it('gives the defaults for an empty file and for sections without keys', () => {
    expect(load('').config).toEqual(defaults);
    expect(load('# nothing\n').config).toEqual(defaults);
    expect(load('model:\n  # max_loaded_models: 2\nlogging: {}\n').config).toEqual(defaults);
  });

  it('gives the defaults and a warning where the file does not exist', () => {
    const warn = vi.fn();
    const file = join(tmpdir(), 'no-such-directory', 'runtime.yaml');
    expect(loadConfig(file, { ...quiet, onWarning: warn })).toEqual(defaults);
    expect(warn).toHaveBeenCalledWith(`${file}: not found, defaults are used`);
  });

  it('says why a file cannot be read', () => {
    expect(() => loadConfig(tmpdir(), quiet)).toThrow(/EISDIR/);
  });

  it('reads NODE_ENV and process.env unless told otherwise', () => {
    vi.stubEnv('NODE_ENV', 'staging');
    vi.stubEnv('MLX_SERVING__MODEL__MAX_LOADED_MODELS', '7');
    const file = configFile('environments: { staging: { logging: { level: warn } } }');
    const config = loadConfig(file);
    vi.unstubAllEnvs();
    expect(config.logging.level).toBe('warn');
    expect(config.model.max_loaded_models).toBe(7);
  });

  it('prints warnings as process warnings unless told otherwise', async () => {
    const warned = new Promise<Error>((resolve) => {
      process.once('warning', resolve);
    });
    loadConfig(configFile('streaming: {}'), quiet);
    expect((await warned).name).toBe('ConfigWarning');
  });

  it('follows aliases and anchors', () => {
    const text =
      'model: &model { max_loaded_models: 2 }\nenvironments: { test: { model: *model } }';
    expect(load(text, { environment: 'test' }).config.model.max_loaded_models).toBe(2);
  });

  it('throws one error that lists every fault', () => {
    const text = 'logging:\n  level: loud\nmodel:\n  max_loaded_model: 3\n';
    expect(faultOf(text)).toBe(
      [
        'Invalid configuration:',
        "  runtime.yaml:4:3: model.max_loaded_model: Unknown key; did you mean 'max_loaded_models'?",
        '  runtime.yaml:2:3: logging.level: Invalid enum value',
      ].join('\n'),
    );
  });

  it('throws an engine error with details for programs', () => {
    try {
      load('logging: { level: loud }');
      expect.unreachable();
    } catch (error) {
      expect(isEngineClientError(error)).toBe(true);
      expect(error).toMatchObject({
        code: 'InvalidParams',
        details: {
          field: 'logging.level',
          issues: [
            {
              path: ['logging', 'level'],
              message: 'Invalid enum value',
              code: 'invalid_enum_value',
            },
          ],
          faults: [{ origin: { layer: 'file', line: 1, column: 12 } }],
        },
      });
    }
  });
});

describe('the layers', () => {
  const text = `
logging: { level: info, format: json }
batch_queue: { max_batch_size: 8 }
json_rpc: { retry: { max_attempts: 4, jitter: 0.5 } }
environments:
  production:
    logging: { level: warn }
    json_rpc: { retry: { max_attempts: 9 } }
  test:
    logging: { level: silent }
`;
  const variables = { MLX_SERVING__BATCH_QUEUE__MAX_BATCH_SIZE: '16', PATH: '/bin' };

  it('lets the environment win over the file, recursively', () => {
    const { config } = load(text, { environment: 'production' });
    expect(config.logging).toMatchObject({ level: 'warn', format: 'json' });
    expect(config.json_rpc.retry).toMatchObject({ max_attempts: 9, jitter: 0.5 });
  });

  it('ignores other environments and unknown ones', () => {
    expect(load(text, { environment: 'test' }).config.logging.level).toBe('silent');
    expect(load(text, { environment: 'qa' }).config.logging.level).toBe('info');
  });

  it('lets variables win over the environment, and overrides over variables', () => {
    const environment = 'production';
    expect(load(text, { environment, variables }).config.batch_queue.max_batch_size).toBe(16);
    const overrides = { batch_queue: { max_batch_size: 2 } };
    const { config } = load(text, { environment, variables, overrides });
    expect(config.batch_queue.max_batch_size).toBe(2);
    expect(config.logging.level).toBe('warn');
  });

  it('replaces lists as a whole', () => {
    const lists = `
cache: { preload_models: [a, b] }
environments: { test: { cache: { preload_models: [c] } } }
`;
    expect(load(lists, { environment: 'test' }).config.cache.preload_models).toEqual(['c']);
  });

  it('leaves environments out of the result', () => {
    expect(load(text, { environment: 'production' }).config.environments).toBeUndefined();
  });

  it('checks rules that span fields on the sum of the layers', () => {
    const retry = 'json_rpc: { retry: { max_delay_ms: 100 } }';
    const set = { MLX_SERVING__JSON_RPC__RETRY__INITIAL_DELAY_MS: '500' };
    expect(faultOf(retry, { variables: set })).toContain(
      'json_rpc.retry.max_delay_ms: max_delay_ms must be greater than or equal to initial_delay_ms',
    );
  });

  it('blames the value that made a rule fail, also when the other one is a default', () => {
    const set = { MLX_SERVING__JSON_RPC__RETRY__INITIAL_DELAY_MS: '500000' };
    expect(faultOf('', { variables: set })).toContain(
      'MLX_SERVING__JSON_RPC__RETRY__INITIAL_DELAY_MS: json_rpc.retry.max_delay_ms',
    );
  });

  it('finds faults in environments that are not active', () => {
    const broken = 'environments:\n  production:\n    logging:\n      level: loud\n      lvl: x\n';
    expect(faultOf(broken)).toContain(
      'runtime.yaml:4:7 (environment production): logging.level: Invalid enum value',
    );
    expect(faultOf(broken)).toContain('runtime.yaml:5:7 (environment production): logging.lvl');
  });
});

describe('unknown keys', () => {
  it.each([
    [
      'model: {memory_budget: 8}',
      "1:9: model.memory_budget: Unknown key; did you mean 'memory_budget_bytes'?",
    ],
    ['batch_que: {}', "1:1: batch_que: Unknown key; did you mean 'batch_queue'?"],
    [
      'model: { max_batch_size: 3 }',
      "1:10: model.max_batch_size: Unknown key; did you mean 'batch_queue.max_batch_size'?",
    ],
    ['logging: { colour: true }', '1:12: logging.colour: Unknown key'],
    [
      'json_rpc: { retry: { maxAttempts: 3 } }',
      "1:22: json_rpc.retry.maxAttempts: Unknown key; did you mean 'max_attempts'?",
    ],
  ])('of %j are errors with the nearest known one', (text, fault) => {
    expect(faultOf(text)).toBe(`Invalid configuration: runtime.yaml:${fault}`);
  });

  it('are warnings when asked for, and have no effect', () => {
    const { config, warnings } = load('logging: { levl: warn }', { unknownKeys: 'warn' });
    expect(config).toEqual(defaults);
    expect(warnings).toEqual([
      expect.stringContaining("logging.levl: Unknown key; did you mean 'level'?"),
    ]);
  });

  it('of overrides are errors too', () => {
    const overrides = { logging: { levl: 'warn' } } as object;
    expect(() => load('', { overrides })).toThrow('options: logging.levl: Unknown key');
  });
});
