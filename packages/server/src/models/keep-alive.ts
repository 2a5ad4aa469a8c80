import { badRequest } from '../http/parse-body.js';

/** Milliseconds of each unit of a duration. */
const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /^-?(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;
/** Until others need the room. */
const FOREVER = -1;

/**
 * How long a request wants its model to stay without use, in milliseconds; -1:
 * until others need the room. Seconds, or a duration such as `5m`, as Ollama's
 * clients write it.
 *
 * @throws HttpError 400 for anything else
 */
export function toKeepAliveMs(value: unknown, field = 'keep_alive'): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const milliseconds = typeof value === 'string' ? durationOf(value) : secondsOf(value);
  if (milliseconds === undefined) {
    throw badRequest(
      `Invalid '${field}': Expected seconds or a duration such as "5m"; 0 unloads at once, -1 keeps.`,
      'invalid_parameter',
      field,
    );
  }
  return milliseconds < 0 ? FOREVER : Math.min(Math.round(milliseconds), Number.MAX_SAFE_INTEGER);
}

const secondsOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value * 1000 : undefined;

function durationOf(text: string): number | undefined {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (text.length > 40 || !DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) {
    total += Number(amount) * (units[unit ?? ''] ?? 0);
  }
  return text.startsWith('-') ? -total : total;
}

/** Takes out of a body what it says of its model's stay: `keep_alive`, or LM Studio's `ttl` in seconds. */
export function takeKeepAlive(body: unknown): { rest: unknown; keepAliveMs: number | undefined } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { rest: body, keepAliveMs: undefined };
  }
  if (!('keep_alive' in body) && !('ttl' in body)) return { rest: body, keepAliveMs: undefined };
  const { keep_alive, ttl, ...rest } = body as Record<string, unknown>;
  return { rest, keepAliveMs: toKeepAliveMs(keep_alive) ?? toKeepAliveMs(ttl, 'ttl') };
}
