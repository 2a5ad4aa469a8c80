import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeOrigin, explainConfig } from '../src/index.js';
import { allKeys } from '../src/schema-tree.js';
import { load } from './support/config-file.js';

const loaded = () =>
  load('logging:\n  level: warn\nenvironments:\n  test:\n    model: { max_loaded_models: 2 }\n', {
    environment: 'test',
    variables: { MLX_SERVING__CACHE__PRELOAD_MODELS: 'a,b' },
    overrides: { telemetry: { enabled: true } },
  });

it('prints every value with where it came from', () => {
  const text = explainConfig(loaded());
  expect(text).toMatch(/^logging:\n {2}level: warn # \S+runtime\.yaml:2:3$/m);
  expect(text).toMatch(/^ {2}max_loaded_models: 2 # \S+runtime\.yaml:5:14 \(environment test\)$/m);
  expect(text).toMatch(/^ {2}preload_models: \[ a, b \] # MLX_SERVING__CACHE__PRELOAD_MODELS$/m);
  expect(text).toMatch(/^ {2}enabled: true # options$/m);
  expect(text).toMatch(/^ {2}format: json # default$/m);
});

it('prints a file that loads to the same configuration', () => {
  const { config } = loaded();
  const text = explainConfig(loaded());
  expect(parse(text)).toEqual(config);
  expect(load(text).config).toEqual(config);
});

it('knows the origin of every key that is not a default', () => {
  expect([...loaded().origins].map(([key, origin]) => `${key}: ${describeOrigin(origin)}`)).toEqual(
    [
      expect.stringMatching(/^logging\.level: .*:2:3$/),
      expect.stringMatching(/^model\.max_loaded_models: .*:5:14 \(environment test\)$/),
      'cache.preload_models: MLX_SERVING__CACHE__PRELOAD_MODELS',
      'telemetry.enabled: options',
    ],
  );
  expect(describeOrigin({ layer: 'default' })).toBe('default');
});

it('lists every key once', () => {
  const lines = explainConfig(loaded()).split('\n');
  expect(lines).toHaveLength(allKeys().length);
});
