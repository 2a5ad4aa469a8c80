import { DEFAULT_BODY_LIMITS, type BodyLimits } from './body/read-json.js';
import type { ApiKeyOptions } from './keys/api-key-options.js';
import { digestOf } from './keys/key-ring.js';
import type { Logger } from './logger.js';
import type { IgnoredFields } from './middleware/ignored-fields.js';
import { Readiness } from './readiness.js';
import { DEFAULT_STORE_LIMITS, type ResponseStoreLimits } from './responses/response-store.js';

export interface HandlerOptions {
  readonly logger?: Logger;
  /** Whether the models can answer; ready from the start when absent. */
  readonly readiness?: Readiness;
  /** How long a request waits for a model that is loading, in milliseconds. */
  readonly loadWaitMs?: number;
  /** Asked for on every route but the health checks. */
  readonly apiKey?: string | undefined;
  /** Several keys, each with a name and limits of its own; `apiKey` is one more. */
  readonly apiKeys?: readonly ApiKeyOptions[];
  /** Names beside loopback's own that the Host header may carry. */
  readonly allowedHosts?: readonly string[];
  /** Accept IP addresses in the Host header, for a server beyond loopback. */
  readonly allowAddressHosts?: boolean;
  /** Web origins, beside the server's own, whose pages may call. */
  readonly allowedOrigins?: readonly string[];
  /** True: the chat page at `/`. It holds no secret and asks for the key itself. */
  readonly chatPage?: boolean;
  /** A built page of your own to serve at `/` instead; it needs the key, where there is one. */
  readonly pageDirectory?: string | undefined;
  /** MCP servers whose tools the chat page may use, by name: they are reached through this server. */
  readonly mcpServers?: Readonly<Record<string, string>>;
  /** The path below which all addresses lie, such as `/llm`. */
  readonly basePath?: string;
  /** Further names of served models: `{ 'gpt-4o': 'acme/model' }`. */
  readonly aliases?: Readonly<Record<string, string>>;
  /**
   * Hosts that images may be fetched from, over https: `example.com`, `*.example.com`, `*`;
   * `http://example.com:8080`; ranges of private addresses such as `10.0.0.0/8`. None: no image
   * is fetched.
   */
  readonly imageHosts?: readonly string[];
  /** Clients may have adapters loaded that lie below these; none: no adapter. */
  readonly adapterDirectories?: readonly string[];
  readonly bodyLimits?: Partial<BodyLimits>;
  /** Refuse fields that would have no effect; a request asks for it with `mlx-strict: true`. */
  readonly strict?: boolean;
  /** Told of the fields of each request that had no effect. */
  readonly onIgnored?: (ignored: IgnoredFields) => void;
  /** What `/metrics` answers, in Prometheus' text format; without it there is no such address. */
  readonly metrics?: (() => Promise<string>) | undefined;
  /** How much is remembered of responses, in memory. */
  readonly responseStore?: Partial<ResponseStoreLimits>;
  /** How long a client may leave its stream unread, in milliseconds. */
  readonly stallTimeoutMs?: number;
}

type Absent = 'pageDirectory' | 'metrics';

export type ResolvedOptions = Required<Omit<HandlerOptions, Absent | 'apiKey'>> &
  Pick<HandlerOptions, Absent> & {
    readonly bodyLimits: BodyLimits;
    readonly responseStore: ResponseStoreLimits;
  };

const DEFAULT_LOAD_WAIT_MS = 30_000;
const DEFAULT_STALL_TIMEOUT_MS = 60_000;

export function resolveOptions(options: HandlerOptions): ResolvedOptions {
  return {
    logger: options.logger ?? silentLogger,
    readiness: options.readiness ?? alwaysReady(),
    loadWaitMs: options.loadWaitMs ?? DEFAULT_LOAD_WAIT_MS,
    apiKeys: allKeys(options),
    allowedHosts: options.allowedHosts ?? [],
    allowAddressHosts: options.allowAddressHosts ?? false,
    allowedOrigins: options.allowedOrigins ?? [],
    chatPage: options.chatPage ?? false,
    pageDirectory: options.pageDirectory,
    metrics: options.metrics,
    mcpServers: options.mcpServers ?? {},
    basePath: toBasePath(options.basePath ?? ''),
    bodyLimits: { ...DEFAULT_BODY_LIMITS, ...options.bodyLimits },
    responseStore: { ...DEFAULT_STORE_LIMITS, ...options.responseStore },
    strict: options.strict ?? false,
    aliases: options.aliases ?? {},
    imageHosts: options.imageHosts ?? [],
    adapterDirectories: options.adapterDirectories ?? [],
    onIgnored: options.onIgnored ?? ignore,
    stallTimeoutMs: options.stallTimeoutMs ?? DEFAULT_STALL_TIMEOUT_MS,
  };
}

function allKeys({ apiKey, apiKeys = [] }: HandlerOptions): readonly ApiKeyOptions[] {
  return apiKey === undefined
    ? apiKeys
    : [{ name: 'default', sha256: digestOf(apiKey) }, ...apiKeys];
}

/** Without a slash at its end, and with one before. */
function toBasePath(path: string): string {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `/${trimmed}`;
}

function alwaysReady(): Readiness {
  const readiness = new Readiness();
  readiness.ready();
  return readiness;
}

const ignore = (): void => undefined;

/** A handler embedded in another server says nothing unless it is given a logger. */
const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => silentLogger,
};
