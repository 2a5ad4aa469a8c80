import { isIPv6 } from 'node:net';

/** Where a server that listens everywhere is asked from its own machine. */
const EVERYWHERE: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** The address of a server on this machine that listens at this host and port. */
export function localUrl(host: string, port: number | string): string {
  const address = EVERYWHERE.get(host) ?? host;
  return `http://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
