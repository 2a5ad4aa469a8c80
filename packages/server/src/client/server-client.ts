import { EngineClientError } from '@mlx/schemas';
import { InvalidArgumentError } from 'commander';

/** Of an option: the address of a server. */
export function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new InvalidArgumentError('It must be like http://127.0.0.1:8484.');
}

/** How a command line reaches a server: over a socket, or in the same process. */
export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Asks a running server, with the key of MLX_API_KEY. */
export function askServer(url: string, signal?: AbortSignal): Ask {
  const key = process.env['MLX_API_KEY'];
  return async (path, init = {}) => {
    const headers = {
      'content-type': 'application/json',
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    };
    try {
      return await fetch(new URL(path, url), { signal: signal ?? null, ...init, headers });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new EngineClientError(
        'TransportError',
        `No server answers at ${url}. Start one with \`mlx-serve\`, or name another with --url or --port.`,
        { cause },
      );
    }
  };
}

/** The answer's JSON; throws what the server says is wrong. */
export async function readAnswer(response: Response): Promise<unknown> {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  throw new EngineClientError(
    'ServerError',
    messageOf(body) ?? `The server answers ${response.status}.`,
  );
}

function messageOf(body: unknown): string | undefined {
  const { error } = (body ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === 'string' ? error.message : undefined;
}
