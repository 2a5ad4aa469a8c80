import { HttpError } from './http-error.js';

/** As Hono lists them; those of middleware have the method ALL or a star in their path. */
export interface KnownRoute {
  readonly method: string;
  readonly path: string;
}

/** Of `/v1/models/:id{.+}`: a parameter, and what it may be. */
const PARAMETER = /:\w+(?:\{(.+?)\})?/g;

/** What is answered where no route is: which method the path takes, or which path was probably meant. */
export function unknownRoute(
  routes: readonly KnownRoute[],
  method: string,
  path: string,
): HttpError {
  const methods = methodsAt(routes, path);
  // A route that takes the method answers so itself where it has nothing to give.
  if (methods.length > 0 && !methods.includes(method)) {
    const message = `${path} takes ${methods.join(', ')}, not ${method}.`;
    // Hono answers HEAD wherever it answers GET.
    const allow = methods.map((each) => (each === 'GET' ? 'GET, HEAD' : each)).join(', ');
    return new HttpError(message, { status: 405, code: 'method_not_allowed', headers: { allow } });
  }
  return new HttpError(`There is no ${method} ${path} here.${hintFor(routes, path)}`, {
    status: 404,
    code: 'route_not_found',
  });
}

const BASES =
  'Base addresses of OpenAI clients end with /v1, those of Anthropic and Ollama clients have no path.';

/** What other servers have under names of their own, and bases without anything behind them. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['/v1', '/v1/models'],
  ['/api', '/api/tags'],
  ['/health', '/healthz'],
  ['/ping', '/healthz'],
  ['/ready', '/readyz'],
  ['/docs', '/openapi.json'],
]);

function hintFor(routes: readonly KnownRoute[], path: string): string {
  const isThere = (other: string) => methodsAt(routes, other).length > 0;
  const based = otherBases(path).find(isThere);
  if (based !== undefined) return ` Did you mean ${based}? ${BASES}`;
  const named = [ELSEWHERE.get(path) ?? '', `${path}s`].find(isThere);
  return named === undefined ? '' : ` Did you mean ${named}?`;
}

/** With one base too few, too many or of LM Studio's own, which is what base addresses in settings lead to. */
function otherBases(path: string): string[] {
  return [
    `/v1${path}`,
    `/api${path}`,
    path.replace(/^\/(?:v1|api)(?=\/)/, ''),
    path.replace(/^\/api\/v0(?=\/)/, '/v1'),
  ];
}

function methodsAt(routes: readonly KnownRoute[], path: string): string[] {
  const found = routes.filter(({ method, path: pattern }) => {
    return method !== 'ALL' && !pattern.includes('*') && toExpression(pattern).test(path);
  });
  return [...new Set(found.map(({ method }) => method))];
}

function toExpression(pattern: string): RegExp {
  return new RegExp(
    `^${pattern.replaceAll(PARAMETER, (_, kind: string = '[^/]+') => `(?:${kind})`)}$`,
  );
}
