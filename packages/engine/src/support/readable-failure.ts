import { EngineClientError, isEngineClientError } from '@mlx/schemas';

/**
 * An error as a script's author reads it where nobody catches it: the sentence, and the line that
 * asked. Those that are faults of ours keep all that they have.
 *
 * @param caller who called, as `Error.captureStackTrace` wrote it
 */
export function readableFailure(thrown: unknown, caller: { readonly stack?: string }): unknown {
  if (!isEngineClientError(thrown) || thrown.code === 'InternalError') return thrown;
  const { code, message, details, retryable } = thrown;
  const error = new EngineClientError(code, message, { details, retryable });
  const stack = [`${error.name}: ${message}`, ...callerLines(caller)].join('\n');
  return Object.defineProperty(error, 'stack', { value: stack });
}

/** The lines of the program that called; none of Node's own. */
function callerLines({ stack = '' }: { readonly stack?: string }): string[] {
  const [, ...lines] = stack.split('\n');
  return lines.filter((line) => !/\(?node:/.test(line));
}
