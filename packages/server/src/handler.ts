import { Hono, type HonoRequest } from 'hono';
import { isAnthropicClient } from './anthropic/client.js';
import { anthropicErrors } from './anthropic/errors.js';
import { errorResponse, type ErrorShape } from './http/error-response.js';
import { pathReader } from './http/request-path.js';
import { toHttpError } from './http/to-http-error.js';
import { unknownRoute } from './http/unknown-route.js';
import { requireApiKey } from './middleware/api-key.js';
import { hostGuard } from './middleware/host-guard.js';
import { ignoredFields } from './middleware/ignored-fields.js';
import { RemoteImages } from './images/remote-images.js';
import { originGuard } from './middleware/origin-guard.js';
import { ollamaErrors } from './ollama/errors.js';
import type { ClientConnection, HandlerEnvironment } from './environment.js';
import { openAIErrors } from './openai/errors.js';
import { securityHeaders } from './middleware/security-headers.js';
import { watchRequests } from './middleware/watch-requests.js';
import { ServedModels } from './models/served-models.js';
import { resolveOptions, type HandlerOptions, type ResolvedOptions } from './options.js';
import { CHAT_PAGE } from './page-directory.js';
import { chatCompletionRoutes } from './routes/chat-completions.js';
import { adapterRoutes } from './routes/adapters.js';
import { completionRoutes } from './routes/completions.js';
import type { RouteContext } from './route-context.js';
import { embeddingRoutes } from './routes/embeddings.js';
import { healthRoutes } from './routes/health.js';
import { mcpRoutes } from './routes/mcp.js';
import { metricsRoutes } from './routes/metrics.js';
import { messageRoutes } from './routes/messages.js';
import { modelRoutes } from './routes/models.js';
import { openApiRoutes } from './routes/openapi.js';
import { ollamaProbe, ollamaRoutes } from './routes/ollama.js';
import { pageRoutes } from './routes/page.js';
import { responseRoutes } from './routes/responses.js';
import { statsRoutes } from './routes/stats.js';
import { tokenizerRoutes } from './routes/tokenizer.js';
import type { ServingEngine } from './serving-engine.js';
import { WorkTracker } from './work-tracker.js';

const ALLOWED_METHODS = 'GET, HEAD, POST, DELETE, OPTIONS';

/** An HTTP API over an engine, for any server that speaks fetch's Request and Response. */
export interface Handler {
  fetch(request: Request, connection?: ClientConnection): Promise<Response>;
  /** Requests that the engine is working on. */
  readonly activeRequests: number;
  /** Refuses new work, waits up to `timeoutMs` for the rest, then aborts it. */
  drain(timeoutMs: number): Promise<void>;
}

export function createHandler(engine: ServingEngine, options: HandlerOptions = {}): Handler {
  const resolved = resolveOptions(options);
  const work = new WorkTracker();
  const app = createApp({
    engine,
    work,
    options: resolved,
    models: new ServedModels(engine, resolved.aliases),
    images: new RemoteImages(resolved.imageHosts, resolved.bodyLimits.maxImageBytes),
  });
  return {
    fetch: async (request, connection = {}) => app.fetch(request, connection),
    get activeRequests() {
      return work.active;
    },
    drain: (timeoutMs) => work.drain(timeoutMs),
  };
}

/** The order matters: who is asked, who asks, and with what key, before anything is read. */
function createApp(routes: RouteContext) {
  const { options } = routes;
  const app = new Hono<HandlerEnvironment>({ getPath: pathReader(options.basePath) });
  app.use(watchRequests(options.logger));
  app.use(securityHeaders());
  app.use(
    hostGuard({ allowedHosts: options.allowedHosts, allowAddresses: options.allowAddressHosts }),
  );
  app.use(originGuard(options.allowedOrigins));
  app.use(ignoredFields({ strict: options.strict, onIgnored: options.onIgnored }));
  app.options('*', (context) => context.body(null, 204, { allow: ALLOWED_METHODS }));
  app.route('/', healthRoutes(routes));
  if (servesChatPage(options)) app.route('/', pageRoutes(CHAT_PAGE));
  if (options.apiKeys.length > 0) app.use(requireApiKey(options.apiKeys));
  app.route('/', modelRoutes(routes));
  app.route('/', adapterRoutes(routes));
  app.route('/', chatCompletionRoutes(routes));
  app.route('/', completionRoutes(routes));
  app.route('/', embeddingRoutes(routes));
  app.route('/', messageRoutes(routes));
  app.route('/', responseRoutes(routes));
  app.route('/', ollamaRoutes(routes));
  app.route('/', tokenizerRoutes(routes));
  app.route('/', statsRoutes(routes));
  app.route('/', mcpRoutes(options.mcpServers));
  app.route('/', openApiRoutes());
  if (options.metrics !== undefined) app.route('/', metricsRoutes(options.metrics));
  if (options.pageDirectory !== undefined) app.route('/', pageRoutes(options.pageDirectory));
  app.route('/', ollamaProbe());
  app.notFound((context) =>
    errorResponse(
      unknownRoute(app.routes, context.req.method, context.req.path),
      errorShape(context.req),
      context.get('requestId'),
    ),
  );
  app.onError((error, context) => {
    const shape = errorShape(context.req);
    const failure = toHttpError(error, shape.clientField);
    context.get('record').failed(failure);
    if (failure.status >= 500 && failure.cause !== undefined) {
      context.get('log').error({ err: failure.cause }, failure.message);
    }
    return errorResponse(failure, shape, context.get('requestId'));
  });
  return app;
}

/** A page of one's own stands in its place. */
function servesChatPage({ chatPage, pageDirectory }: ResolvedOptions): boolean {
  return chatPage && pageDirectory === undefined;
}

/** Clients of each API find errors in the form they know. */
function errorShape(request: HonoRequest): ErrorShape {
  if (request.path.startsWith('/api/')) return ollamaErrors;
  return request.path.startsWith('/v1/messages') || isAnthropicClient(request)
    ? anthropicErrors
    : openAIErrors;
}
