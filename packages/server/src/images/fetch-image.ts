import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { imageLimits } from '@mlx/schemas/vision';
import { hostOf, type AllowedHosts } from './allowed-hosts.js';

const TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);

interface Address {
  readonly address: string;
  readonly family: number;
}

/** The addresses of a name. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

const resolveName: Resolve = (host) => lookup(host, { all: true });

/** It was not fetched; the message says why, for clients. */
export class NotFetched extends Error {
  override readonly name = 'NotFetched';
}

interface FetchOptions {
  readonly hosts: AllowedHosts;
  readonly signal: AbortSignal;
  readonly resolve?: Resolve | undefined;
}

/**
 * The bytes behind an address: within 10 seconds and the size of an image, over 3 redirects at
 * most, each of which has to be allowed too.
 *
 * @throws NotFetched
 */
export async function fetchImage(address: URL, options: FetchOptions): Promise<Buffer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = AbortSignal.any([options.signal, timeout]);
  try {
    return await follow(address, { ...options, signal }, MAX_REDIRECTS);
  } catch (error) {
    options.signal.throwIfAborted();
    if (timeout.aborted) throw new NotFetched(`${address.host} takes longer than 10 seconds`);
    if (error instanceof NotFetched) throw error;
    throw new NotFetched(`${address.host} cannot be reached`, { cause: error });
  }
}

async function follow(url: URL, options: FetchOptions, redirects: number): Promise<Buffer> {
  const response = await get(url, options);
  try {
    const { statusCode: status, headers } = response;
    if (status === 200) return await readAll(response);
    if (!REDIRECTS.has(status) || !URL.canParse(headers.location ?? '', url.href)) {
      throw new NotFetched(`${url.host} answers ${status}`);
    }
    const next = new URL(headers.location ?? '', url);
    if (redirects === 0) throw new NotFetched(`${url.host} redirects too often`);
    if (!options.hosts.allows(next)) {
      throw new NotFetched(`it redirects to ${next.origin}, which is not among the allowed hosts`);
    }
    return await follow(next, options, redirects - 1);
  } finally {
    response.destroy();
  }
}

/** The connection goes to an address that was checked: its name is not asked for again. */
async function get(url: URL, { hosts, signal, resolve }: FetchOptions): Promise<IncomingMessage> {
  const found = await checkedAddresses(url, hosts, resolve ?? resolveName);
  const options: RequestOptions = {
    signal,
    agent: false,
    headers: { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'mlx-serve' },
    lookup: (_host, { all }, callback) => {
      if (all) callback(null, [...found]);
      else callback(null, found[0].address, found[0].family);
    },
  };
  const { promise, resolve: done, reject } = Promise.withResolvers<IncomingMessage>();
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, done);
  request.once('error', reject);
  request.end();
  return promise;
}

async function checkedAddresses(
  url: URL,
  hosts: AllowedHosts,
  resolve: Resolve,
): Promise<[Address, ...Address[]]> {
  const host = hostOf(url);
  const family = isIP(host);
  const [first, ...others] = family === 0 ? await resolve(host) : [{ address: host, family }];
  if (first === undefined) throw new NotFetched(`${url.host} has no address`);
  const found: [Address, ...Address[]] = [first, ...others];
  if (found.every(({ address }) => hosts.leadsTo(url, address))) return found;
  throw new NotFetched(`${url.host} leads to an address of no public network`);
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const { maxBytes } = imageLimits;
  const chunks: Buffer[] = [];
  let size = Number(response.headers['content-length'] ?? 0);
  if (size <= maxBytes) {
    size = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  }
  if (size <= maxBytes) return Buffer.concat(chunks, size);
  throw new NotFetched(`it has more than ${maxBytes.toLocaleString('en')} bytes`);
}
