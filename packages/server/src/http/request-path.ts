import { getPath } from 'hono/utils/url';

/** What no route has: a request beside the base path. */
const OUTSIDE = '/outside-of-the-base-path';

/**
 * Reads paths below `basePath`: `/v1//models/` is `/v1/models`, as base
 * addresses of clients end with a slash as often as not.
 */
export function pathReader(basePath: string): (request: Request) => string {
  return (request) => {
    const path = tidy(getPath(request));
    if (basePath === '') return path;
    if (path === basePath) return '/';
    return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : OUTSIDE;
  };
}

function tidy(path: string): string {
  return path.length > 1 ? path.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '') : path;
}
