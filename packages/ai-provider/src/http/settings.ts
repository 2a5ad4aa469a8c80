import { InvalidArgumentError } from '@ai-sdk/provider';

/** A server to reach models through. */
export interface MlxServerSettings {
  /** Where it answers; `/v1` is added where it is missing. Default `http://127.0.0.1:8484`. */
  readonly baseURL?: string;
  /** The server's `MLX_API_KEY`, or a key of its file of keys. */
  readonly apiKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the global one. */
  readonly fetch?: typeof globalThis.fetch;
}

const DEFAULT_BASE_URL = 'http://127.0.0.1:8484';

/** Throws InvalidArgumentError for what is no address, since the SDK would try it again as if a server were away. */
export function endpoint({ baseURL = DEFAULT_BASE_URL }: MlxServerSettings, path: string): string {
  if (!IS_ADDRESS.test(baseURL)) {
    const message = `baseURL must be like ${DEFAULT_BASE_URL}, not '${baseURL}'.`;
    throw new InvalidArgumentError({ argument: 'baseURL', message });
  }
  const base = baseURL.replace(/\/+$/, '');
  return `${base.endsWith('/v1') ? base : `${base}/v1`}${path}`;
}

/** Of HTTP, or of a page's own origin. */
const IS_ADDRESS = /^(?:https?:\/\/|\/|$)/i;
