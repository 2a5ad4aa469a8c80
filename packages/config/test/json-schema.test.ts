import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { descriptions } from '../src/descriptions.js';
import { configJsonSchema } from '../src/json-schema.js';
import { allKeys } from '../src/schema-tree.js';

it('the published schema is what the code generates', () => {
  const published: unknown = JSON.parse(
    readFileSync(new URL('../schema/runtime.schema.json', import.meta.url), 'utf8'),
  );
  expect(published).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});

it('every key has a description, and no description is of a key that is gone', () => {
  expect(Object.keys(descriptions).toSorted()).toEqual(allKeys().toSorted());
});

it('describes keys of sections and of environments', () => {
  const description = descriptions['logging.level'];
  const logging = { properties: { level: { description, default: 'info' } } };
  expect(configJsonSchema()).toMatchObject({
    properties: {
      logging,
      environments: {
        additionalProperties: {
          properties: { logging: { properties: { level: { description } } } },
        },
      },
    },
  });
});
