import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('CONTRIBUTING.md', root), 'utf8');

/** The changes of the table, each with the files and folders it names. */
const rows = text
  .slice(text.indexOf('## Where a change goes'), text.indexOf('## Style'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('`'))
  .map((line) => ({
    change: line.split('|')[1]?.trim() ?? '',
    files: [...line.matchAll(/`((?:packages|apps|docs|python-runtime)\/[^`]+)`/g)].map(
      ([, file = '']) => file,
    ),
  }));

describe('the table of changes', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(5);
  });

  it.each(rows)('names files of $change that exist, and no more than eight', ({ files }) => {
    expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
    expect(files.length).toBeGreaterThan(0);
    expect(files.length).toBeLessThanOrEqual(8);
  });
});
