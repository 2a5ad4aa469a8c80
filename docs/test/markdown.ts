import { globSync, readFileSync } from 'node:fs';

export interface Example {
  /** `docs/GUIDES.md:26` */
  readonly name: string;
  readonly code: string;
}

const root = new URL('../../', import.meta.url);
const pages = ['README.md', 'docs/*.md', 'packages/*/README.md'];
const exclude = ['docs/CLIENTS.md'];
/** Code that speaks with a server: `apps/clients` has one, and runs it. */
const needsServer = ({ code }: Example) => code.includes('http://127.0.0.1:8484');

/** Every TypeScript and JavaScript block of the documentation that needs no server. */
export function examples(): Example[] {
  return globSync(pages, { cwd: root.pathname, exclude })
    .toSorted()
    .flatMap((page) => blocksOf(page, readFileSync(new URL(page, root), 'utf8')))
    .filter((example) => !needsServer(example));
}

function blocksOf(page: string, text: string): Example[] {
  return [...text.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length;
    return { name: `${page}:${line}`, code: match[1] ?? '' };
  });
}

/** What an example says that it prints: the comments behind `console.log(...)`. */
export function promisedOutput(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\);? \/\/ (.*)$/gm)].map((match) => match[1] ?? '');
}
