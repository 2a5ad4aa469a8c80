import { getPath } from 'hono/utils/url';

/** `/v1//models/` is `/v1/models`: base addresses of clients end with a slash as often as not. */
export function requestPath(request: Request): string {
  const path = getPath(request);
  return path.length > 1 ? path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '') : path;
}
