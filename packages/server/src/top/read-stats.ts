import { EngineClientError } from '@mlx/schemas';
import { ServerStatsSchema, type ServerStats } from '@mlx/schemas/endpoints';

const TIMEOUT_MS = 10_000;

/** Asks a server how it is; every error says what to do. */
export async function readStats(url: string, apiKey: string | undefined): Promise<ServerStats> {
  const response = await ask(new URL('/v1/stats', url), apiKey);
  if (!response.ok) throw new EngineClientError('TransportError', explain(response.status, url));
  const stats = ServerStatsSchema.safeParse(await response.json().catch(() => undefined));
  if (stats.success) return stats.data;
  throw new EngineClientError('TransportError', notOurs(url), { cause: stats.error });
}

async function ask(address: URL, apiKey: string | undefined): Promise<Response> {
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  try {
    return await fetch(address, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new EngineClientError(
      'TransportError',
      `No server answers at ${address.origin}. Start one with \`mlx-serve\`, or name another with --url.`,
      { cause },
    );
  }
}

function explain(status: number, url: string): string {
  switch (status) {
    case 401:
      return 'The server needs its API key: set the environment variable MLX_API_KEY.';
    case 404:
      return notOurs(url);
    default:
      return `The server answers with status ${status}. Its log says why.`;
  }
}

const notOurs = (url: string): string =>
  `What answers at ${url} is no mlx-serve that tells of itself. Name the right server with --url.`;
