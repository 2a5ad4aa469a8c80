import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks } from '../../../../docs/test/code-blocks.js';

export const root = new URL('../../../../', import.meta.url).pathname;
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const PAGES = ['*.md', 'docs/*.md', 'packages/*/README.md', 'apps/*/README.md'];

/** Every block of every document. */
export const blocks = codeBlocks(PAGES);

/** A line that people type, with what it goes on to in the next ones. */
export interface CommandLine {
  readonly page: string;
  readonly line: string;
  readonly program: string;
  /** What follows the program, without quotes, comments and what it is piped into. */
  readonly words: readonly string[];
  /** As it stands, for a shell. */
  readonly whole: string;
}

export const commandLines: readonly CommandLine[] = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ page, code }) => wholeLines(code).map((whole) => toCommandLine(page, whole)));

/** Lines that end with a backslash, or inside of quotes, go on in the next one. */
function wholeLines(code: string): string[] {
  const lines: string[] = [];
  let begun = '';
  for (const line of code.split('\n')) {
    begun += line.replace(/(^| +)# .*$/, '');
    if (begun.endsWith('\\')) {
      begun = begun.slice(0, -1);
      continue;
    }
    if (begun.split("'").length % 2 === 0) {
      begun += '\n';
      continue;
    }
    if (begun.trim() !== '') lines.push(begun);
    begun = '';
  }
  if (begun.trim() !== '') throw new Error(`A line is not ended: ${begun}`);
  return lines;
}

function toCommandLine(page: string, whole: string): CommandLine {
  const [typed = ''] = whole.split(/ \| | > | && /);
  const words = [...typed.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"]+)+/g)].map(([word]) =>
    word.replaceAll(/^(['"])(.*)\1$/gs, '$2'),
  );
  while (/^[A-Z_]+=/.test(words[0] ?? '')) words.shift();
  const [program = '', ...rest] = words;
  return { page, line: whole.split('\n')[0] ?? '', program, words: rest, whole };
}
