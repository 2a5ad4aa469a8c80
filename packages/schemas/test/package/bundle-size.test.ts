import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { subpaths } from '../../subpaths.config.js';

const packageRoot = new URL('../..', import.meta.url).pathname;

/** Gzipped bytes of a browser bundle of the built package, zod included. */
async function bundleSize(code: string): Promise<number> {
  const result = await build({
    stdin: { contents: code, resolveDir: packageRoot },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  });
  return gzipSync(result.outputFiles[0]?.contents ?? '', { level: 9 }).byteLength;
}

/** The largest of each part of the package; every other schema is smaller. */
const largest = [
  'AnthropicMessagesRequestSchema',
  'ChatCompletionRequestSchema',
  'GenerateParamsSchema',
  'GeneratorParamsWithStructuredSchema',
  'LoadModelOptionsSchema',
  'RuntimeConfigSchema',
];

describe('a browser bundle', () => {
  it.each(largest)('of %s alone stays within 30 kB', async (name) => {
    const code = `import { ${name} } from '@mlx/schemas'; console.log(${name});`;
    expect(await bundleSize(code)).toBeLessThanOrEqual(30_000);
  });

  it('of the whole entry stays within 42 kB', async () => {
    const code = "import * as schemas from '@mlx/schemas'; console.log(schemas);";
    expect(await bundleSize(code)).toBeLessThanOrEqual(42_000);
  });

  it.each(subpaths)('of the subpath %s alone is smaller than one of the entry', async (subpath) => {
    const code = `import * as schemas from '@mlx/schemas/${subpath}'; console.log(schemas);`;
    expect(await bundleSize(code)).toBeLessThanOrEqual(34_000);
  });

  it('of an import that uses nothing is empty', async () => {
    expect(await bundleSize("import '@mlx/schemas';")).toBeLessThan(100);
    expect(await bundleSize("import { RuntimeConfigSchema } from '@mlx/schemas';")).toBeLessThan(
      100,
    );
  });
});
