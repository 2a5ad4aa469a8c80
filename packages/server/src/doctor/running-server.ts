import { EngineClientError } from '@mlx/schemas';
import type { ServerStats } from '@mlx/schemas/endpoints';
import { localUrl } from '../client/local-address.js';
import type { ReadinessStatus } from '../readiness.js';
import { readStats } from '../top/read-stats.js';

const TIMEOUT_MS = 2000;
const STATES: ReadonlySet<unknown> = new Set(['loading', 'ready', 'failed']);

/** A server of ours that answers at an address. */
export interface RunningServer {
  readonly url: string;
  readonly status: ReadinessStatus;
}

/** Undefined where nobody answers, or something else does. */
export async function findServer(host: string, port: number): Promise<RunningServer | undefined> {
  const url = localUrl(host, port);
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const status: unknown = await response.json();
    return isStatus(status) ? { url, status } : undefined;
  } catch {
    return undefined;
  }
}

function isStatus(answer: unknown): answer is ReadinessStatus {
  return typeof answer === 'object' && answer !== null && STATES.has(Reflect.get(answer, 'state'));
}

/**
 * How a running server fares, and which of its models crashed.
 *
 * @throws EngineClientError RuntimeError when it cannot answer, or a model of it was given up
 */
export async function describeServer({ url, status }: RunningServer): Promise<string> {
  const crashes = await crashesAt(url);
  if (status.state === 'failed') {
    throw new EngineClientError(
      'RuntimeError',
      [`${url}: ${status.message}`, ...crashes].join(' '),
    );
  }
  const state = status.state === 'loading' ? `loading: ${status.step}` : 'ready';
  return [`mlx-serve at ${url} is ${state}.`, ...crashes].join(' ');
}

async function crashesAt(url: string): Promise<readonly string[]> {
  try {
    const { models } = await readStats(url, process.env['MLX_API_KEY'] || undefined);
    return models.flatMap(crashOf);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function crashOf({ id, state, restarts = 0 }: ServerStats['models'][number]): string[] {
  if (state === 'failed') {
    return [`${id} crashed too often and was given up; \`mlx-serve load ${id}\` starts it again.`];
  }
  if (restarts === 0) return [];
  const often = restarts === 1 ? 'once' : `${restarts} times`;
  return [`${id} crashed and was started again, ${often} so far; its log says why.`];
}
