import { isIP } from 'node:net';
import { createMiddleware } from 'hono/factory';
import { HttpError } from '../http/http-error.js';

export interface HostPolicy {
  /** Names beside loopback's own that may stand in the Host header. */
  readonly allowedHosts: readonly string[];
  /** Accept any IP address, for a server that listens beyond loopback. */
  readonly allowAddresses: boolean;
}

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses names that are not ours in the Host header. A hostile page can make
 * its own domain resolve to 127.0.0.1 (DNS rebinding) and would then be read
 * as same-origin; its name in Host is what gives it away.
 */
export function hostGuard(policy: HostPolicy) {
  const allowed = new Set(policy.allowedHosts.map((host) => host.toLowerCase()));
  return createMiddleware(async (context, next) => {
    const name = hostName(context.req.header('host') ?? new URL(context.req.url).host);
    if (!isOurs(name, allowed, policy.allowAddresses)) {
      throw new HttpError(
        `The host "${name}" is not served here. Start the server with --allow-host ${name} if it is yours.`,
        { status: 403, code: 'host_not_allowed' },
      );
    }
    await next();
  });
}

function isOurs(name: string, allowed: ReadonlySet<string>, allowAddresses: boolean): boolean {
  if (LOOPBACK_NAMES.has(name) || name.endsWith('.localhost') || allowed.has(name)) return true;
  return allowAddresses && isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

function hostName(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}
