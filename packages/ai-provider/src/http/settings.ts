/** A server to reach models through. */
export interface MlxServerSettings {
  /** Where it answers; `/v1` is added where it is missing. Default `http://127.0.0.1:8484`. */
  readonly baseURL?: string;
  /** What `mlx-serve --api-key` was given. */
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the global one. */
  readonly fetch?: typeof globalThis.fetch;
}

const DEFAULT_BASE_URL = 'http://127.0.0.1:8484';

export function endpoint({ baseURL = DEFAULT_BASE_URL }: MlxServerSettings, path: string): string {
  const base = baseURL.replace(/\/+$/, '');
  return `${base.endsWith('/v1') ? base : `${base}/v1`}${path}`;
}
