import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What the declarations may name of zod: all of it is in zod 4.0, and an unknown name is `any` for users. */
const KNOWN = new Set(
  (
    'infer input output core ' +
    'ZodType ZodString ZodNumber ZodInt ZodBase64 ZodBoolean ZodEnum ZodLiteral ZodUnknown ZodNever ' +
    'ZodCustom ZodObject ZodArray ZodRecord ZodUnion ZodDiscriminatedUnion ZodOptional ZodNullable ' +
    'ZodDefault ZodPrefault ZodPipe ZodTransform ' +
    '$strip $strict $catchall $ZodType $ZodTypeInternals $ZodTransform $ZodError $ZodIssue ' +
    '$ZodRawIssue $ZodLooseShape'
  ).split(' '),
);

test('the declarations name no type of zod that its first minor version lacks', () => {
  const folder = new URL('../../dist', import.meta.url).pathname;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const declarations = files
    .filter((file) => file.endsWith('.d.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll(/\/\*.*?\*\//gs, ''));
  const named = declarations.flatMap((text) =>
    [...text.matchAll(/\bz(?:\.core)?\.(\$?\w+)/g)].map(([, name = '']) => name),
  );
  expect(named).toContain('ZodObject');
  expect([...new Set(named)].filter((name) => !KNOWN.has(name))).toEqual([]);
});
