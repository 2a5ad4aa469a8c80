import { EngineClientError } from '@mlx/schemas';

/** The operating system refused to start the command; trying again would not help. */
export function spawnFailed(command: string, cause: unknown): EngineClientError {
  return new EngineClientError('RuntimeError', `Cannot start '${command}': ${advice(cause)}`, {
    cause,
    retryable: false,
    details: { type: 'spawn_failed', command },
  });
}

function advice(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT') return 'no such file. Check the command and its working directory.';
  if (code === 'EACCES') return 'permission denied. Make the file executable.';
  return cause instanceof Error ? cause.message : String(cause);
}
