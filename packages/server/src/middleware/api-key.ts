import type { HonoRequest } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { HandlerEnvironment } from '../environment.js';
import { HttpError } from '../http/http-error.js';
import type { ApiKeyOptions } from '../keys/api-key-options.js';
import type { Refusal } from '../keys/key-limits.js';
import { KeyRing } from '../keys/key-ring.js';

/** What these ask for costs nothing worth counting. */
const FREE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Asks for an API key: `Authorization: Bearer <key>` from API clients
 * (`x-api-key: <key>` from Anthropic's, `api-key: <key>` from Azure's), or HTTP
 * Basic with the key as password, which is how a browser can open the page.
 * Requests are held to what their key may do.
 */
export function requireApiKey(keys: readonly ApiKeyOptions[]) {
  const ring = new KeyRing(keys);
  return createMiddleware<HandlerEnvironment>(async (context, next) => {
    const presented = presentedKey(context.req);
    const known = presented === undefined ? undefined : ring.find(presented);
    if (known === undefined) throw unauthorized(context.req, presented !== undefined);
    const { name, limits } = known;
    const record = context.get('record');
    record.key = name;
    if (FREE.has(context.req.method)) return next();
    const refusal = limits.enter();
    if (refusal) throw tooManyRequests(refusal, limits.headers());
    record.whenOver(() => limits.leave());
    await next();
    for (const [header, value] of Object.entries(limits.headers())) context.header(header, value);
    return undefined;
  });
}

function unauthorized(request: HonoRequest, presented: boolean): HttpError {
  const message = presented
    ? 'The API key is not one that this server knows.'
    : 'This server needs an API key: send it as "Authorization: Bearer <key>".';
  return new HttpError(message, {
    status: 401,
    code: 'invalid_api_key',
    headers: { 'www-authenticate': challenge(request) },
  });
}

function tooManyRequests(
  { reason, code, retryAfterSeconds }: Refusal,
  headers: Readonly<Record<string, string>>,
): HttpError {
  return new HttpError(`${reason} Try again later.`, {
    status: 429,
    type: 'rate_limit_error',
    code,
    retryAfterSeconds,
    headers,
  });
}

/**
 * One challenge: browsers understand no list of them, and a `Headers` object
 * holds no two lines. Whoever opens an address is asked for a password;
 * programs, and pages that have a form of their own, are told of the key.
 */
function challenge(request: HonoRequest): string {
  const mode = request.header('sec-fetch-mode');
  const opens = mode === 'navigate' || (!mode && request.header('accept')?.includes('text/html'));
  return opens ? 'Basic realm="mlx-serve", charset="UTF-8"' : 'Bearer';
}

function presentedKey(request: HonoRequest): string | undefined {
  return (
    ofAuthorization(request.header('authorization')) ??
    request.header('x-api-key') ??
    request.header('api-key')
  );
}

function ofAuthorization(header: string | undefined): string | undefined {
  const match = /^(Bearer|Basic) +(\S+)$/i.exec(header ?? '');
  if (!match) return undefined;
  const [, scheme = '', value = ''] = match;
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}
