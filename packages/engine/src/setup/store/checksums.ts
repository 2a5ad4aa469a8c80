import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SetupContext } from '../context.js';
import { modelError, setupError } from '../errors.js';
import { runCommand } from '../process/run-command.js';
import { pythonCommand } from '../python/runtime-command.js';

/** Where a fetched model's checksums lie, in its directory. */
const checksumFile = '.checksums';

/** What is known of one file since it was fetched. */
interface SealedFile {
  readonly size: number;
  /** Nanoseconds since 1970, as text: they do not fit a number. */
  readonly modified: string;
  readonly sha256: string;
}

type Seal = Readonly<Record<string, SealedFile>>;

/** Writes down the checksum of every file of a directory. */
export async function sealModel(
  directory: string,
  python: string,
  context: SetupContext,
): Promise<void> {
  await run(['seal', directory], python, context);
}

/**
 * Throws ModelLoadError where a file is not what was fetched. Files whose size
 * and time are still those of the last check count as unchanged, unless the
 * check is to be thorough. A directory without checksums has nothing to compare.
 */
export async function requireUnchanged(
  directory: string,
  python: () => string,
  context: SetupContext,
  { thorough = false } = {},
): Promise<void> {
  const seal = await readSeal(directory);
  if (!seal || (!thorough && (await looksUnchanged(directory, seal)))) return;
  const output = await run(['verify', directory], python(), context);
  const [changed] = changedFiles(output);
  if (changed !== undefined) throw changedError(directory, changed);
}

function changedError(directory: string, file: string) {
  return modelError(
    'model-changed',
    `${join(directory, file)} differs from what was fetched. Delete ${directory} to fetch the model again, or move it elsewhere and load it by its path`,
  );
}

async function readSeal(directory: string): Promise<Seal | undefined> {
  const text = await readFile(join(directory, checksumFile), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseSeal(text, directory);
}

function parseSeal(text: string, directory: string): Seal {
  try {
    return JSON.parse(text) as Seal;
  } catch {
    throw changedError(directory, checksumFile);
  }
}

async function looksUnchanged(directory: string, seal: Seal): Promise<boolean> {
  const checks = Object.entries(seal).map(async ([name, { size, modified }]) => {
    const found = await stat(join(directory, name), { bigint: true }).catch(() => undefined);
    return found?.size === BigInt(size) && String(found.mtimeNs) === modified;
  });
  return (await Promise.all(checks)).every(Boolean);
}

async function run(
  args: readonly string[],
  python: string,
  context: SetupContext,
): Promise<string> {
  const result = await runCommand(pythonCommand(python, context, args), {
    signal: context.signal,
  });
  if (result.exitCode === 0) return result.stdout;
  throw setupError(
    'checksums-failed',
    `The checksums of ${args[1]} could not be computed: ${result.stderr.trim()}`,
  );
}

function changedFiles(output: string): readonly string[] {
  const line = output.split('\n').find((text) => text.startsWith('{"event": "verified"'));
  const { changed } = JSON.parse(line ?? '{"changed": []}') as { changed: string[] };
  return changed;
}
