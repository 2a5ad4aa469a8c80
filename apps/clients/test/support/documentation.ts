import { codeBlocks, type CodeBlock } from '../../../../docs/test/code-blocks.ts';

/** Where the documentation says that the server listens. */
const DOCUMENTED_URL = 'http://127.0.0.1:8484';

/** The code of docs/CLIENTS.md, as it stands there but for the address of the server. */
export function documentedBlocks(serverURL: string): CodeBlock[] {
  return blocksOf(['docs/CLIENTS.md'], serverURL);
}

/** JavaScript of other pages that speaks with a server. */
export function scatteredBlocks(serverURL: string): CodeBlock[] {
  return blocksOf(['README.md', 'docs/*.md', 'packages/*/README.md'], serverURL)
    .filter(({ page, language }) => page !== 'docs/CLIENTS.md' && /^[jt]s$/.test(language))
    .filter(({ code }) => code.includes(serverURL));
}

function blocksOf(pages: readonly string[], serverURL: string): CodeBlock[] {
  return codeBlocks(pages).map((block) => ({
    ...block,
    code: block.code.replaceAll(DOCUMENTED_URL, serverURL),
  }));
}

/** What the code says that it prints: the comment behind its last line. */
export function promisedOutput({ code }: CodeBlock): string | undefined {
  return /(?:\/\/|#) (.*)\n$/.exec(code)?.[1];
}
