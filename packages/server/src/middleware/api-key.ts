import { createHash, timingSafeEqual } from 'node:crypto';
import type { HonoRequest } from 'hono';
import { createMiddleware } from 'hono/factory';
import { HttpError } from '../http/http-error.js';

/**
 * Asks for the API key: `Authorization: Bearer <key>` from API clients
 * (`x-api-key: <key>` from Anthropic's, `api-key: <key>` from Azure's), or HTTP
 * Basic with the key as password, which is how a browser can open the page.
 */
export function requireApiKey(apiKey: string) {
  const expected = digest(apiKey);
  return createMiddleware(async (context, next) => {
    const presented =
      presentedKey(context.req.header('authorization')) ??
      context.req.header('x-api-key') ??
      context.req.header('api-key');
    if (presented === undefined || !timingSafeEqual(digest(presented), expected)) {
      throw new HttpError(
        presented === undefined
          ? 'This server needs an API key: send it as "Authorization: Bearer <key>".'
          : 'The API key is not the one this server was started with.',
        {
          status: 401,
          code: 'invalid_api_key',
          headers: { 'www-authenticate': challenge(context.req) },
        },
      );
    }
    await next();
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

/** Digests have one length whatever the key's, so comparing them leaks nothing. */
function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}

function presentedKey(header: string | undefined): string | undefined {
  const match = /^(Bearer|Basic) +(\S+)$/i.exec(header ?? '');
  if (!match) return undefined;
  const [, scheme = '', value = ''] = match;
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}
