import { EngineClientError } from '@mlx/schemas';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

interface Origin {
  readonly protocol: string;
  /** Of an address or a name; `*.` before it: of what lies below it. */
  readonly host: string;
  /** Empty: the one that the protocol has by default. */
  readonly port: string;
}

/** Where images may be fetched from. */
export class AllowedHosts {
  readonly #origins: readonly Origin[];
  readonly #ranges: readonly Range[];

  /**
   * @param entries `example.com`, `*.example.com` for all below it, `*` for every name, each over
   *   https; `http://example.com:8080` for another protocol or port; `10.0.0.0/8` for addresses of
   *   no public network that such names may lead to
   * @throws EngineClientError for one that is none of them
   */
  constructor(entries: readonly string[]) {
    const ranges = entries.map(rangeOf);
    this.#ranges = ranges.filter((range) => range !== undefined);
    this.#origins = entries.filter((_, index) => ranges[index] === undefined).map(toOrigin);
  }

  /** Whether the address is listed; what its name leads to is looked at later. */
  allows(url: URL): boolean {
    if (url.username !== '' || url.password !== '') return false;
    return this.#origins.some(
      ({ protocol, host, port }) =>
        protocol === url.protocol && port === url.port && matches(host, hostOf(url)),
    );
  }

  /** Whether to connect there for `url`: addresses of public networks, and those that are listed. */
  leadsTo(url: URL, address: string): boolean {
    const known = ipaddr.process(address);
    if (known.range() === 'unicast') return true;
    if (this.#ranges.some((range) => isWithin(known, range))) return true;
    return this.#origins.some(({ host }) => host === hostOf(url) && host === address);
  }
}

/** Without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function matches(pattern: string, host: string): boolean {
  if (pattern === '*') return !ipaddr.isValid(host);
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

function isWithin(address: Address, [network, bits]: Range): boolean {
  if (address instanceof ipaddr.IPv4) {
    return network instanceof ipaddr.IPv4 && address.match(network, bits);
  }
  return network instanceof ipaddr.IPv6 && address.match(network, bits);
}

function rangeOf(entry: string): Range | undefined {
  return ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : undefined;
}

const ENTRY = /^(?:(https?):\/\/)?(\*\.)?([^/@*\s]+)\/?$/i;

function toOrigin(entry: string): Origin {
  if (entry === '*') return { protocol: 'https:', host: '*', port: '' };
  const [, protocol = 'https', below = '', name = ''] = ENTRY.exec(entry) ?? [];
  const url = `${protocol}://${name}`;
  if (name === '' || !URL.canParse(url)) {
    throw new EngineClientError(
      'InvalidParams',
      `Images cannot be allowed from '${entry}': name a host such as example.com, *.example.com or http://example.com:8080, or a range of addresses such as 10.0.0.0/8.`,
    );
  }
  const parsed = new URL(url);
  return { protocol: parsed.protocol, host: `${below}${hostOf(parsed)}`, port: parsed.port };
}
