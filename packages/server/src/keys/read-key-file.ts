import { statSync } from 'node:fs';
import { configError, readConfigFile, type ConfigFile } from '@mlx/config';
import { EngineClientError, zodErrorToEngineError } from '@mlx/schemas';
import type { ValidationErrorDetails } from '@mlx/schemas';
import * as z from 'zod';
import type { ApiKeyOptions } from './api-key-options.js';
import { digestOf } from './key-ring.js';

/** Shorter ones can be guessed. */
const SHORTEST_KEY = 16;

const KeySchema = z
  .strictObject({
    name: z.string().regex(/^[\w.@-]{1,64}$/, 'Must match [A-Za-z0-9_.@-]{1,64}'),
    key: z.string().min(SHORTEST_KEY).optional(),
    sha256: z
      .string()
      .regex(/^[\da-f]{64}$/i, 'Must be 64 hexadecimal digits')
      .optional(),
    requests_per_minute: z.int().min(1).max(1_000_000).optional(),
    max_concurrent: z.int().min(1).max(100_000).optional(),
  })
  .refine(({ key, sha256 }) => (key === undefined) !== (sha256 === undefined), {
    error: 'Needs either key or sha256',
  });

const KeyFileSchema = z.strictObject({ keys: z.array(KeySchema).min(1) });

type KeyEntry = z.infer<typeof KeySchema>;

/**
 * Reads a file of API keys.
 *
 * @throws EngineClientError InvalidParams with file, line and column of each fault; never with a key.
 */
export function readKeyFile(file: string): ApiKeyOptions[] {
  const source = readConfigFile(file);
  if (source === undefined) {
    throw new EngineClientError('InvalidParams', `There is no file of API keys at ${file}.`);
  }
  const result = KeyFileSchema.safeParse(source.value);
  if (!result.success) throw faultsOf(result.error, source);
  const keys = result.data.keys.map(toOptions);
  requireDifferent(keys, source);
  return keys;
}

/** Whether others on this machine may read it; not told on Windows. */
export function isReadableByOthers(file: string): boolean {
  return process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
}

function toOptions(entry: KeyEntry): ApiKeyOptions {
  return {
    name: entry.name,
    sha256: entry.sha256?.toLowerCase() ?? digestOf(entry.key ?? ''),
    requestsPerMinute: entry.requests_per_minute,
    maxConcurrent: entry.max_concurrent,
  };
}

function faultsOf(error: z.ZodError, source: ConfigFile): EngineClientError {
  // Built by zodErrorToEngineError, whose details have this shape.
  const { issues } = zodErrorToEngineError(error).details as ValidationErrorDetails;
  return configError(issues.map((issue) => ({ ...issue, origin: source.locate(issue.path) })));
}

function requireDifferent(keys: readonly ApiKeyOptions[], source: ConfigFile): void {
  const seen = new Set<string>();
  for (const [index, { name, sha256 }] of keys.entries()) {
    const twice = seen.has(name) || seen.has(sha256);
    if (twice) {
      const path = ['keys', index];
      const message = seen.has(name) ? `'${name}' is there twice` : 'The same key is there twice';
      throw configError([{ path, message, code: 'custom', origin: source.locate(path) }]);
    }
    seen.add(name).add(sha256);
  }
}
