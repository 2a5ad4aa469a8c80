import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const docs = new URL('../', import.meta.url);
const index = readFileSync(new URL('INDEX.md', docs), 'utf8');
const site = readFileSync(new URL('.vitepress/config.ts', docs), 'utf8');
const pages = readdirSync(docs).filter((name) => name.endsWith('.md') && name !== 'INDEX.md');

const times = (text: string, part: string) => text.split(part).length - 1;

describe('a page', () => {
  it.each(pages)('%s is found once in the index, and in the menu of the site', (page) => {
    expect(times(index, `](${page})`)).toBe(1);
    expect(times(site, `'/${page.replace('.md', '')}'`)).toBeGreaterThan(0);
  });
});
