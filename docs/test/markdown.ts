import { globSync, readFileSync } from 'node:fs';

export interface Example {
  /** `docs/GUIDES.md:26` */
  readonly name: string;
  readonly code: string;
}

const root = new URL('../../', import.meta.url);
const pages = ['README.md', 'docs/*.md', 'packages/*/README.md'];
/** Its code speaks with a server: `apps/clients` has one, and runs it. */
const exclude = ['docs/CLIENTS.md'];

/** Every TypeScript block of the documentation. */
export function examples(): Example[] {
  return globSync(pages, { cwd: root.pathname, exclude })
    .toSorted()
    .flatMap((page) => blocksOf(page, readFileSync(new URL(page, root), 'utf8')));
}

function blocksOf(page: string, text: string): Example[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length;
    return { name: `${page}:${line}`, code: match[1] ?? '' };
  });
}

/** What an example says that it prints: the comments behind `console.log(...)`. */
export function promisedOutput(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\);? \/\/ (.*)$/gm)].map((match) => match[1] ?? '');
}
