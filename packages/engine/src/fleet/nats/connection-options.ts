import { readFile } from 'node:fs/promises';
import { EngineClientError } from '@mlx/schemas';
import type { FleetOptions } from '@mlx/schemas/fleet';
import type { Authenticator, ConnectionOptions } from '@nats-io/transport-node';
import { ownName } from '../own-name.js';
import { loadNats } from './load-nats.js';
import { inboxOf } from './subjects.js';

/** A server that is frozen is left after three unanswered pings. */
const PING_INTERVAL_MS = 1000;
const RECONNECT_WAIT_MS = 100;
const CONNECT_TIMEOUT_MS = 2000;

/** Options of the NATS client; secrets are read from their files each time it connects. */
export async function toConnectionOptions(
  options: FleetOptions,
  name: string,
): Promise<ConnectionOptions> {
  return {
    servers: options.servers,
    name,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_WAIT_MS,
    ignoreAuthErrorAbort: true,
    inboxPrefix: inboxOf(options.prefix, ownName(options)),
    authenticator: await authenticators(options),
    ...tlsOptions(options),
  };
}

async function authenticators(options: FleetOptions): Promise<Authenticator[]> {
  const nats = await loadNats();
  const { tokenFile, nkeySeedFile, credentialsFile, user, passwordFile } = options;
  const chosen: Authenticator[] = [];
  if (tokenFile !== undefined) {
    chosen.push(nats.tokenAuthenticator((await secret('tokenFile', tokenFile)).trim()));
  }
  if (nkeySeedFile !== undefined) {
    const seed = (await secret('nkeySeedFile', nkeySeedFile)).trim();
    chosen.push(nats.nkeyAuthenticator(new TextEncoder().encode(seed)));
  }
  if (credentialsFile !== undefined) {
    const credentials = await secret('credentialsFile', credentialsFile);
    chosen.push(nats.credsAuthenticator(new TextEncoder().encode(credentials)));
  }
  if (user !== undefined) {
    const password = passwordFile && (await secret('passwordFile', passwordFile)).trim();
    chosen.push(nats.usernamePasswordAuthenticator(user, password));
  }
  return chosen;
}

function tlsOptions({ tls }: FleetOptions): Pick<ConnectionOptions, 'tls'> {
  if (tls === undefined) return {};
  const { ca: caFile, cert: certFile, key: keyFile } = tls;
  return { tls: { caFile, certFile, keyFile } };
}

async function secret(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new EngineClientError('InvalidParams', `fleet.${option}: cannot read ${path}`, { cause });
  }
}
