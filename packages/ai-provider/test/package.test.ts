import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const entry = join(root, 'dist/index.js');

async function bundle(contents: string, format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format,
    platform: 'browser',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

describe('the package', () => {
  it('is at most 15 kB in a bundle, with what it depends on', async () => {
    const code = await bundle("export { createMlx } from './dist/index.js';", 'esm');
    expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThanOrEqual(15_000);
  });

  it('depends on the interface of the SDK alone', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ dependencies: { '@ai-sdk/provider': 'catalog:' } });
    expect(Object.keys((manifest as { dependencies: object }).dependencies)).toHaveLength(1);
    expect(foreignImports(join(root, 'dist/index.d.ts'))).toEqual(new Set(['@ai-sdk/provider']));
    expect(foreignImports(entry)).toEqual(new Set(['@ai-sdk/provider']));
  });

  it('runs where only the web is: no process, no Buffer, no require', async () => {
    const code = await bundle(
      `import { createMlx } from './dist/index.js';
       const reply = 'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\\n\\ndata: [DONE]\\n\\n';
       const fetch = async () => new Response(reply);
       globalThis.answer = createMlx({ fetch })('m').doGenerate({
         prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
       });`,
      'iife',
    );
    const { Response, Headers, AbortController, AbortSignal, ReadableStream } = globalThis;
    const { TextDecoder, TextEncoder, URL, performance, crypto } = globalThis;
    const web = {
      Response,
      Headers,
      AbortController,
      AbortSignal,
      ReadableStream,
      TextDecoder,
      TextEncoder,
    };
    const page = createContext({ ...web, URL, performance, crypto });
    runInContext(code, page);
    expect(await page['answer']).toMatchObject({ content: [{ type: 'text', text: 'Hi' }] });
  });

  const node20 = findNode('v20.');
  it.skipIf(node20 === undefined)('loads in Node 20, where the machine has one', () => {
    const script = `import(${JSON.stringify(entry)}).then(({ mlx }) => console.log(mlx('a/b').modelId))`;
    expect(String(execFileSync(node20 ?? '', ['-e', script]))).toBe('a/b\n');
  });
});

/** What a built file and those beside it import from elsewhere. */
function foreignImports(file: string, seen = new Set<string>()): Set<string> {
  const found = new Set<string>();
  if (seen.has(file) || !existsSync(file)) return found;
  seen.add(file);
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/from ["']([^"']+)["']/g)) {
    if (!name.startsWith('.')) found.add(name);
    else {
      const path = join(dirname(file), name.replace(/\.js$/, '.d.ts'));
      for (const other of foreignImports(path, seen)) found.add(other);
    }
  }
  return found;
}

/** A Node of a version, on the path behind the one that runs this. */
function findNode(version: string): string | undefined {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((path) => join(path, 'node'));
  return candidates.find(
    (path) => existsSync(path) && String(spawnSync(path, ['--version']).stdout).startsWith(version),
  );
}
