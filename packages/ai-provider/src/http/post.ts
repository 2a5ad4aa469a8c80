import { APICallError, type SharedV4Headers, type SharedV4Warning } from '@ai-sdk/provider';
import { unsupported } from '../language/warnings.js';
import type { Call } from '../transport/transport.js';
import { version } from '../version.js';
import { responseError } from './errors.js';
import { settingOf } from './field-names.js';
import { endpoint, type MlxServerSettings } from './settings.js';

/** A request that a server took. */
export interface Posted {
  readonly url: string;
  readonly response: Response;
  readonly headers: SharedV4Headers;
  /** What the server says that it accepted without effect. */
  readonly warnings: SharedV4Warning[];
}

/** Rejects with an APICallError unless the server answers with success. */
export async function post(
  settings: MlxServerSettings,
  path: string,
  body: object,
  { signal, headers }: Call,
): Promise<Posted> {
  const url = endpoint(settings, path);
  const { fetch = globalThis.fetch } = settings;
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: requestHeaders(settings, headers),
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new APICallError({
      message: `No server answers at ${url}: ${reason(cause)}`,
      url,
      requestBodyValues: body,
      isRetryable: true,
      cause,
    });
  }
  if (!response.ok) throw await responseError(response, url, body);
  const received = Object.fromEntries(response.headers);
  return { url, response, headers: received, warnings: ignored(received['mlx-ignored']) };
}

function requestHeaders(
  { apiKey, headers: own }: MlxServerSettings,
  headers: Call['headers'] = {},
): Headers {
  const all = new Headers({ 'content-type': 'application/json' });
  if (apiKey !== undefined) all.set('authorization', `Bearer ${apiKey}`);
  for (const [name, value] of Object.entries({ ...own, ...headers })) {
    if (value !== undefined) all.set(name, value);
  }
  const agent = all.get('user-agent');
  all.set('user-agent', `${agent === null ? '' : `${agent} `}mlx-ai-provider/${version}`);
  return all;
}

function ignored(header: string | undefined): SharedV4Warning[] {
  return (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => unsupported(settingOf(name), 'The server accepted it without effect.'));
}

/** Fetch says "fetch failed"; what failed is its cause. */
function reason(thrown: unknown): string {
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  return cause instanceof Error && cause.message !== '' ? cause.message : String(thrown);
}
