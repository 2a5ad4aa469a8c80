import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { root } from './promises.ts';

interface Body {
  readonly 'x-refused': readonly string[];
  readonly 'x-without-effect': readonly string[];
}

interface Description {
  readonly paths: Record<
    string,
    { readonly post?: { readonly requestBody?: { content: { 'application/json': Body } } } }
  >;
}

const read = (file: string) => readFileSync(new URL(file, root), 'utf8');
const { paths } = JSON.parse(read('packages/server/openapi.json')) as Description;

/** Cells of the lines that tell of an endpoint: its path, and the fields that are not honoured. */
const told = read('docs/HTTP_API.md')
  .split('\n')
  .filter((line) => line.startsWith('| `/'))
  .map((line) =>
    line
      .split('|')
      .slice(1, 4)
      .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)),
  );

it('HTTP_API.md tells for every endpoint which fields are refused and which have no effect', () => {
  const described = Object.entries(paths).flatMap(([path, { post }]) => {
    const body = post?.requestBody?.content['application/json'];
    return body ? [[[path], body['x-refused'], body['x-without-effect']]] : [];
  });
  expect(told).toEqual(described);
});
