import { describe, expect, it } from 'vitest';
import { RuntimeConfigSchema } from '../src/index.js';
import { oldKeys } from '../src/old-names.js';
import { allKeys } from '../src/schema-tree.js';
import { load } from './support/config-file.js';

const olderFile = `
batch_queue:
  enabled: true
  max_batch_size: 20
  flush_interval_ms: 2
  adaptive_sizing: true
  target_batch_time_ms: 10
  priority_queue: true
python_runtime:
  runtime_path: python/runtime.py
  max_restarts: 3
json_rpc:
  retry:
    retryable_errors: [TIMEOUT, ECONNRESET]
stream_registry:
  chunk_pooling:
    enabled: true
    pool_size: 1000
    pool_cleanup_interval_ms: 30000
model:
  default_dtype: unknown
  supported_dtypes: [float16, float32, int8, int4]
  trusted_model_directories: null
cache:
  enable_compression: false
python_bridge:
  max_buffer_size: 1048576
outlines:
  max_schema_size_bytes: 32768
performance:
  aggressive_gc: false
development:
  verbose: false
environments:
  test:
    stream_registry: { chunk_pooling: { enabled: false } }
`;

describe('a file written for an older engine', () => {
  it('loads, with a warning for every name and value of old', () => {
    const { config, warnings } = load(olderFile);
    expect(config.batch_queue.max_batch_size).toBe(20);
    expect(config.python_runtime).toMatchObject({ runtime_path: '', max_restarts: 3 });
    expect(config.json_rpc.retry.retryable_errors).toEqual(['Timeout', 'TransportError']);
    expect(config.model).toMatchObject({
      default_dtype: 'auto',
      trusted_model_directories: [],
      supported_dtypes: ['float16', 'float32'],
    });
    const keys = warnings.map((warning) => String(/: ([a-z_.]+): /.exec(warning)?.[1]));
    expect(keys.toSorted()).toEqual([
      'batch_queue.priority_queue',
      'cache.enable_compression',
      'development',
      'json_rpc.retry.retryable_errors',
      'model.default_dtype',
      'model.supported_dtypes',
      'model.trusted_model_directories',
      'outlines',
      'performance.aggressive_gc',
      'python_bridge',
      'python_runtime.runtime_path',
      'stream_registry.chunk_pooling',
      'stream_registry.chunk_pooling',
    ]);
  });

  it('is told where the old name stands and what to use', () => {
    const { warnings } = load('stream_registry:\n  chunk_pooling: {}\n');
    expect(warnings).toEqual([
      expect.stringMatching(
        /runtime\.yaml:2:3: stream_registry\.chunk_pooling: No longer has an effect: remove it; chunks are not pooled$/,
      ),
    ]);
  });
});

it.each(Object.entries(oldKeys))('%s names only keys that exist', (key, hint) => {
  const known = allKeys();
  expect(known).not.toContain(key);
  const named = hint.match(/[a-z_]+\.[a-z_.]*[a-z_]/g) ?? [];
  expect(known).toEqual(expect.arrayContaining(named));
});

it("today's values are left alone", () => {
  const text = `
python_runtime: { runtime_path: /opt/runtime }
model: { default_dtype: float32, trusted_model_directories: [/models] }
json_rpc: { retry: { retryable_errors: [Timeout] } }
`;
  const { config, warnings } = load(text);
  expect(warnings).toEqual([]);
  expect(RuntimeConfigSchema.parse(config)).toEqual(config);
  expect(config.python_runtime.runtime_path).toBe('/opt/runtime');
});
