import { globSync, readFileSync } from 'node:fs';

/** Code of a page of the documentation. */
export interface CodeBlock {
  /** `docs/GUIDES.md` */
  readonly page: string;
  readonly line: number;
  /** The headline that it stands under, of the second level or below. */
  readonly heading: string;
  /** What stands behind the fence, whole. */
  readonly language: string;
  readonly code: string;
}

const root = new URL('../../', import.meta.url);
const FENCE = /^( *)(`{3,}|~{3,})(.*)\n([^]*?)^\1\2$/gm;
const HEADING = /^##+ (.*)$/gm;

/** Every block of these pages, by their paths from the repository's root, those inside of lists too. */
export function codeBlocks(pages: readonly string[]): CodeBlock[] {
  return globSync(pages, { cwd: root.pathname }).toSorted().flatMap(blocksOf);
}

function blocksOf(page: string): CodeBlock[] {
  const text = readFileSync(new URL(page, root), 'utf8');
  return [...text.matchAll(FENCE)].map((match) => {
    const [, indent = '', , language = '', code = ''] = match;
    const before = text.slice(0, match.index);
    return {
      page,
      line: before.split('\n').length,
      heading: [...before.matchAll(HEADING)].at(-1)?.[1] ?? '',
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    };
  });
}
