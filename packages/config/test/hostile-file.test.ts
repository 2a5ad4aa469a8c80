import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEngineClientError } from '@mlx/schemas';
import { faultOf, load } from './support/config-file.js';

const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...Array.from('bcdefgh', (name, index) => {
    const previous = 'abcdefgh'[index];
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${previous}`).join(', ')}]`;
  }),
].join('\n');

describe('a hostile file', () => {
  it.each([
    [
      'a duplicate key',
      'logging:\n  level: info\n  level: warn\n',
      'runtime.yaml:3:3: Map keys must be unique',
    ],
    ['a duplicate section', 'model: {}\nmodel: {}\n', 'runtime.yaml:2:1: Map keys must be unique'],
    ['aliases that multiply', bomb, 'runtime.yaml:2:8: Excessive alias count'],
    ['brackets 20,000 deep', `model: ${'['.repeat(20_000)}`, 'runtime.yaml:1:72: Nested too deep'],
    ['braces 20,000 deep', `a: "]"\nmodel: ${'{a: '.repeat(20_000)}`, 'Nested too deep'],
    ['dashes 20,000 deep', `a: 1\n${'- '.repeat(20_000)}`, 'runtime.yaml:2:129: Nested too deep'],
    [
      'indentation 600 deep',
      Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}k:`).join('\n'),
      'Nested too deep',
    ],
    ['a tag that runs code', 'logging: !!js/function "x"', 'runtime.yaml:1:10: Unresolved tag'],
    ['text that is not YAML', 'logging: [', 'runtime.yaml:1:11'],
    [
      'more than a quarter of a megabyte',
      `# ${'x'.repeat(300_000)}`,
      'runtime.yaml:1:1: Longer than',
    ],
    [
      'two documents',
      'logging: {}\n---\nlogging: {}\n',
      'runtime.yaml:2:1: A second document begins; a configuration is one',
    ],
    ['a list of sections', '- logging', 'runtime.yaml:1:1: Expected a mapping'],
    ['a scalar', 'hello', 'runtime.yaml:1:1: Expected a mapping'],
    ['environments that are a list', 'environments: [a]', 'runtime.yaml:1:1: Expected a mapping'],
    ['a prototype', '__proto__: { polluted: true }', '__proto__: Unknown key'],
    [
      'a prototype in a section',
      'logging: { __proto__: { polluted: true } }',
      'logging.__proto__: Unknown key',
    ],
    ['a constructor', 'constructor: { prototype: { polluted: true } }', 'constructor: Unknown key'],
    ['a key of a thousand letters', `${'k'.repeat(1000)}: 1`, 'Unknown key'],
  ])('with %s is refused within a tenth of a second', (_, text, fault) => {
    // The parser's first run is compilation.
    load('logging: { level: info }');
    const before = process.cpuUsage();
    const message = faultOf(text);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(100);
    expect(message).toContain(fault);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['cache: { cache_dir: "${HOME}/models" }', 'MLX_SERVING__CACHE__CACHE_DIR'],
    ['cache: { cache_dir: $HOME/models }', 'cache.cache_dir: $HOME is not replaced here'],
    ['server: { models: ["small=$MODELS/a"] }', 'server.models: $MODELS is not replaced here'],
    ['environments: { test: { cache: { preload_models: ["a/${B}"] } } }', 'PRELOAD_MODELS'],
  ])('with a variable that nothing replaces is refused by its key: %s', (text, words) => {
    expect(faultOf(text)).toContain(words);
  });

  it('with a dollar inside a name is taken as it is', () => {
    const { config } = load('cache: { cache_dir: "/srv/$models" }');
    expect(config.cache.cache_dir).toBe('/srv/$models');
  });

  it.each([
    'model:\n\tdefault_max_tokens: 5\n',
    'model: "abc\nlogging: {}\n',
    'model: {a: 1\nlogging: 2\n',
    '- a\n b: 1\n',
  ])('with one fault is told of it once: %j', (text) => {
    expect(faultOf(text).match(/runtime\.yaml:/g)).toHaveLength(1);
  });

  it('gives a configuration or an engine error, whatever it says', () => {
    const line = fc.tuple(
      fc.constantFrom('', '  ', '    ', '- ', '\t'),
      fc.constantFrom('model', 'logging', 'environments', 'level', '*a', '&a', '__proto__', '?'),
      fc.constantFrom(': ', ':', ' ', ': |', ': [', ': {'),
      fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('info', '3', 'null', ']', '}')),
    );
    const text = fc
      .array(line, { maxLength: 8 })
      .map((lines) => lines.map((parts) => parts.join('')).join('\n'));
    fc.assert(
      fc.property(text, (yaml) => {
        try {
          load(yaml);
        } catch (error) {
          if (!isEngineClientError(error)) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });
});
