import { EngineClientError } from '@mlx/schemas';

/** Shortages that pass; any other refusal is final. */
const PASSING = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** The operating system refused to start the command. */
export function spawnFailed(command: string, cause: unknown): EngineClientError {
  return new EngineClientError('RuntimeError', `Cannot start '${command}': ${advice(cause)}`, {
    cause,
    retryable: PASSING.has(errorCode(cause) ?? ''),
    details: { type: 'spawn_failed', command },
  });
}

function advice(cause: unknown): string {
  const code = errorCode(cause);
  if (code === 'ENOENT') return 'no such file. Check the command and its working directory.';
  if (code === 'EACCES') return 'permission denied. Make the file executable.';
  return cause instanceof Error ? cause.message : String(cause);
}

function errorCode(cause: unknown): string | undefined {
  return (cause as NodeJS.ErrnoException | null)?.code;
}
