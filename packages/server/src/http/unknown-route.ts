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
    const allow = methods.join(', ');
    const message = `${path} takes ${allow}, not ${method}.`;
    return new HttpError(message, { status: 405, code: 'method_not_allowed', headers: { allow } });
  }
  const meant = likelyPaths(path).find((other) => methodsAt(routes, other).length > 0);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}? ${BASES}`;
  return new HttpError(`There is no ${method} ${path} here.${hint}`, {
    status: 404,
    code: 'route_not_found',
  });
}

const BASES =
  'Base addresses of OpenAI clients end with /v1, those of Anthropic and Ollama clients have no path.';

/** With one base too few or too many, which is what base addresses in settings lead to. */
function likelyPaths(path: string): string[] {
  return [`/v1${path}`, `/api${path}`, path.replace(/^\/(?:v1|api)(?=\/)/, '')];
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
