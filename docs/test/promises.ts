import { existsSync, readFileSync } from 'node:fs';

export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

export const root = new URL('../../', import.meta.url);
/** `path/of.test.ts`: “title”, and `path/of_test.py`: `test_name`. */
const NAMED_TEST = /`([\w./-]+\.(?:ts|py))`: [“`]([^”|]+?)[”`](?=<br>| \|)/g;

/** The tests that a document names. */
export function namedTests(text: string = reliability()): NamedTest[] {
  return [...text.matchAll(NAMED_TEST)].map(([, file = '', title = '']) => ({ file, title }));
}

/** Lines of RELIABILITY.md that promise something and name no test. */
export function unprovenPromises(): string[] {
  return promises().filter((row) => row.match(NAMED_TEST) === null);
}

/** The numbers of the cases that RELIABILITY.md promises something about, in order. */
export function promisedCases(): number[] {
  return promises()
    .flatMap((row) => row.split('|')[1]?.match(/\d+/g) ?? [])
    .map(Number)
    .toSorted((left, right) => left - right);
}

const reliability = () => readFileSync(new URL('docs/RELIABILITY.md', root), 'utf8');

function promises(): string[] {
  return reliability()
    .split('\n')
    .filter((line) => /^\| (?:\d+(?:, \d+)*|·) \|/.test(line));
}

/** Whether the file holds a test of that title. */
export function exists({ file, title }: NamedTest): boolean {
  const path = new URL(file, root);
  if (!existsSync(path)) return false;
  const source = readFileSync(path, 'utf8');
  const literal = title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const pattern = file.endsWith('.py') ? `def ${literal}\\(` : `(['"\`])${literal}\\1,`;
  return new RegExp(pattern).test(source);
}
