import { text as readWhole } from 'node:stream/consumers';

/** Of a pipe in which nothing comes; then whoever sits there is told what is waited for. */
const PATIENCE_MS = 2000;

const NOTICE =
  'Waiting for the end of what is piped in. Where that is nothing, add "< /dev/null".\n';

/** What is piped in, to its end; nothing on a terminal. */
export async function readPiped(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  errors: Pick<NodeJS.WritableStream, 'write'>,
  patienceMs = PATIENCE_MS,
): Promise<string> {
  if (input.isTTY === true) return '';
  const timer = setTimeout(() => errors.write(NOTICE), patienceMs);
  try {
    return (await readWhole(input)).trim();
  } finally {
    clearTimeout(timer);
  }
}
