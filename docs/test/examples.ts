import { codeBlocks } from './code-blocks.ts';

export interface Example {
  /** `docs/GUIDES.md:26` */
  readonly name: string;
  readonly code: string;
}

const pages = ['README.md', 'docs/*.md', 'packages/*/README.md'];
/** Code that speaks with a server: `apps/clients` has one, and runs it. */
const needsServer = (code: string) => code.includes('http://127.0.0.1:8484');

/** Every TypeScript and JavaScript block of the documentation that needs no server. */
export function examples(): Example[] {
  return codeBlocks(pages)
    .filter(({ page, language }) => page !== 'docs/CLIENTS.md' && /^[jt]s$/.test(language))
    .filter(({ code }) => !needsServer(code))
    .map(({ page, line, code }) => ({ name: `${page}:${line}`, code }));
}

/** What an example says that it prints: the comments behind `console.log(...)`. */
export function promisedOutput(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\);? \/\/ (.*)$/gm)].map((match) => match[1] ?? '');
}
