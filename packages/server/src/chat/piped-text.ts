import { fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text as readWhole } from 'node:stream/consumers';

/** A word of the command line that stands for what is piped in. */
export const PIPED = '-';

/** Of a pipe in which nothing comes. */
const PATIENCE_MS = 2000;

const NOTICE =
  'Waiting for the end of what is piped in. Where that is nothing, add "< /dev/null".\n';
const SILENT = `Nothing was piped in, so the prompt is asked alone; write ${PIPED} to wait for it.\n`;

interface PipedOptions {
  /** There is nothing to ask without it, or it was asked for: it is waited for to its end. */
  readonly needed: boolean;
  /** Told what is waited for, and what is not. */
  readonly errors: Pick<NodeJS.WritableStream, 'write'>;
  /** Default: two seconds. */
  readonly patienceMs?: number;
}

/**
 * What is piped in, without white space around it. Where there is a question without it, a pipe
 * that stays open and silent, as that of a process which was started by a program, is not waited for.
 */
export async function readPiped(
  input: Readable & { readonly fd?: number },
  { needed, errors, patienceMs = PATIENCE_MS }: PipedOptions,
): Promise<string> {
  if (needed) return patiently(input, errors, patienceMs);
  if (!mayBeSilent(input) || (await speaks(input, patienceMs))) return readAll(input);
  errors.write(SILENT);
  input.destroy();
  return '';
}

async function patiently(
  input: Readable,
  errors: PipedOptions['errors'],
  patienceMs: number,
): Promise<string> {
  const timer = setTimeout(() => errors.write(NOTICE), patienceMs);
  try {
    return await readAll(input);
  } finally {
    clearTimeout(timer);
  }
}

const readAll = async (input: Readable) => (await readWhole(input)).trim();

/** Files, and the null device, come to their end by themselves. */
function mayBeSilent({ fd }: { readonly fd?: number }): boolean {
  if (fd === undefined) return true;
  const kind = fstatSync(fd);
  return kind.isFIFO() || kind.isSocket();
}

/** Whether the first byte, or the end, comes in time; what breaks is told to the reader. */
async function speaks(input: Readable, withinMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), withinMs);
  for (const event of ['readable', 'end', 'error']) input.once(event, () => resolve(true));
  const spoken = await promise;
  clearTimeout(timer);
  return spoken;
}
