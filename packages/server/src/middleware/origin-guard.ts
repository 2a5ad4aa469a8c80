import { createMiddleware } from 'hono/factory';
import { HttpError } from '../http/http-error.js';

const PREFLIGHT_MAX_AGE_SECONDS = '600';
const DEFAULT_HEADERS = 'authorization, content-type, x-api-key';
const EXPOSED_HEADERS =
  'x-request-id, request-id, retry-after, retry-after-ms, x-should-retry, mlx-ignored, mlx-mismatches';

/**
 * Lets a browser call only from the page served here and from the origins
 * named in `allowedOrigins`; those get CORS headers, nobody gets `*`.
 */
export function originGuard(allowedOrigins: readonly string[]) {
  const allowed = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
  return createMiddleware(async (context, next) => {
    const origin = context.req.header('origin')?.toLowerCase();
    if (origin === undefined) return next();
    if (!allowed.has(origin)) {
      requireSameOrigin(origin, context.req.header('host') ?? new URL(context.req.url).host);
      return next();
    }
    if (context.req.method === 'OPTIONS') {
      context.res = preflight(context.req.header('access-control-request-headers'));
    } else {
      await next();
    }
    context.header('access-control-allow-origin', origin);
    context.header('access-control-expose-headers', EXPOSED_HEADERS);
    context.header('vary', 'Origin', { append: true });
    return undefined;
  });
}

/** A proxy in front may speak TLS for us, so the scheme is not compared. */
function requireSameOrigin(origin: string, host: string): void {
  if (URL.canParse(origin) && new URL(origin).host === host.toLowerCase()) return;
  throw new HttpError(
    `Requests from the origin ${origin} are refused. Start the server with --allow-origin ${origin} to permit them.`,
    { status: 403, code: 'origin_not_allowed' },
  );
}

/** Whatever headers an allowed page wants to send: SDKs have many of their own. */
function preflight(requested = DEFAULT_HEADERS): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': requested,
      vary: 'Access-Control-Request-Headers',
      'access-control-max-age': PREFLIGHT_MAX_AGE_SECONDS,
    },
  });
}
