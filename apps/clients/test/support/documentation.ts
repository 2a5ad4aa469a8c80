import { readFileSync } from 'node:fs';

export interface Block {
  /** The headline that it stands under. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

/** Where the documentation says that the server listens. */
const DOCUMENTED_URL = 'http://127.0.0.1:8484';

const page = readFileSync(new URL('../../../../docs/CLIENTS.md', import.meta.url), 'utf8');

/** The code of docs/CLIENTS.md, as it stands there but for the address of the server. */
export function documentedBlocks(serverURL: string): Block[] {
  return page.split(/^##+ /m).flatMap((section) => {
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
