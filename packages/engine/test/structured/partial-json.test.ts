import { assert, integer, jsonValue, property } from 'fast-check';
import { expect, test } from 'vitest';
import { PartialJson } from '../../src/structured/partial-json.js';

const after = (text: string): unknown => {
  const json = new PartialJson();
  json.push(text);
  return json.value();
};

test.each([
  ['', undefined],
  ['{', {}],
  ['{"na', {}],
  ['{"name"', {}],
  ['{"name": ', {}],
  ['{"name": "A', { name: 'A' }],
  ['{"name": "A\\', { name: 'A' }],
  ['{"name": "A\\u00e', { name: 'A' }],
  ['{"name": "A\\u00e9"', { name: 'Aé' }],
  ['{"name": "\\"{[,:', { name: '"{[,:' }],
  ['{"age": 1', {}],
  ['{"age": 12,', { age: 12 }],
  ['{"age": 12}', { age: 12 }],
  ['{"ok": tru', {}],
  ['{"ok": true, "list": [1, {"a": "b"}, [', { ok: true, list: [1, { a: 'b' }, []] }],
  ['"half', 'half'],
  ['[1, 2', [1]],
])('%s shows %j', (text, value) => {
  expect(after(text)).toEqual(value);
});

test('every beginning of a JSON text can be read, and the whole text is the value', () => {
  assert(
    property(jsonValue(), integer({ min: 0, max: 3 }), (given, indent) => {
      const text = JSON.stringify([given], null, indent);
      const json = new PartialJson();
      for (const character of text) {
        json.push(character);
        expect(() => json.value()).not.toThrow();
      }
      expect(json.value()).toEqual(JSON.parse(text));
    }),
  );
});
