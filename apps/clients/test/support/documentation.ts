import { globSync, readFileSync } from 'node:fs';

export interface Block {
  /** The headline that it stands under. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

/** Where the documentation says that the server listens. */
const DOCUMENTED_URL = 'http://127.0.0.1:8484';

const root = new URL('../../../../', import.meta.url);
const read = (page: string) => readFileSync(new URL(page, root), 'utf8');

/** The code of docs/CLIENTS.md, as it stands there but for the address of the server. */
export function documentedBlocks(serverURL: string): Block[] {
  return blocksOf('docs/CLIENTS.md', serverURL);
}

/** JavaScript of other pages that speaks with a server. */
export function scatteredBlocks(serverURL: string): Block[] {
  return globSync(['README.md', 'docs/*.md', 'packages/*/README.md'], { cwd: root.pathname })
    .filter((page) => page !== 'docs/CLIENTS.md')
    .toSorted()
    .flatMap((page) => blocksOf(page, serverURL))
    .filter(({ language, code }) => /^[jt]s$/.test(language) && code.includes(serverURL));
}

function blocksOf(page: string, serverURL: string): Block[] {
  return read(page)
    .split(/^##+ /m)
    .flatMap((section) => {
      const heading = section.slice(0, section.indexOf('\n'));
      return [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
        ([, language = '', code = '']) => ({
          heading,
          language,
          code: code.replaceAll(DOCUMENTED_URL, serverURL),
        }),
      );
    });
}

/** What the code says that it prints: the comment behind its last line. */
export function promisedOutput({ code }: Block): string | undefined {
  return /(?:\/\/|#) (.*)\n$/.exec(code)?.[1];
}
