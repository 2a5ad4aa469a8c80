import { OllamaShowRequestSchema } from '@mlx/schemas/ollama';
import { Hono } from 'hono';
import { readJson } from '../body/read-json.js';
import type { HandlerEnvironment } from '../environment.js';
import { serveRequest } from '../generation/serve-request.js';
import { HttpError } from '../http/http-error.js';
import { badRequest } from '../http/parse-body.js';
import { describeModel, describeProcess, showModel } from '../ollama/describe-model.js';
import { modelOf } from '../models/model-name.js';
import { planChat, planGenerate } from '../ollama/plan-answers.js';
import { planEmbed, planEmbeddings } from '../ollama/plan-embeddings.js';
import type { RouteContext } from '../route-context.js';

/** The first release of Ollama that has all that is honoured here; clients compare it. */
const OLLAMA_VERSION = '0.12.11';

/** What changes which models are on disk; that is for the command line. */
const MODEL_COMMANDS = ['copy', 'create', 'delete', 'pull', 'push'];

/** Ollama's API, for clients that speak that one. */
export function ollamaRoutes(routes: RouteContext): Hono<HandlerEnvironment> {
  const app = new Hono<HandlerEnvironment>();
  const { engine, models, options } = routes;
  const servedSince = new Date().toISOString();

  app.post('/api/chat', (context) => serveRequest(context, routes, planChat));
  app.post('/api/generate', (context) => serveRequest(context, routes, planGenerate));
  app.post('/api/embed', (context) => serveRequest(context, routes, planEmbed));
  app.post('/api/embeddings', (context) => serveRequest(context, routes, planEmbeddings));

  app.get('/api/version', (context) => context.json({ version: OLLAMA_VERSION }));
  app.get('/api/tags', async (context) => {
    const all = await models.all();
    return context.json({ models: all.map((model) => describeModel(model, servedSince)) });
  });
  app.get('/api/ps', async (context) => {
    const loaded = (await models.all()).filter(({ state }) => state === 'ready');
    return context.json({ models: loaded.map((model) => describeProcess(model, servedSince)) });
  });
  app.post('/api/show', async (context) => {
    const body = await readJson(context.req.raw, options.bodyLimits);
    const asked = context.get('reader').parse(OllamaShowRequestSchema, {}, body);
    const name = asked.model ?? asked.name;
    if (!name) throw badRequest("Invalid 'model': Required.", 'invalid_parameter', 'model');
    const model = await models.find(modelOf(name));
    const known = model.handle && (await engine.capabilities(model.id));
    return context.json(showModel(model, known, servedSince));
  });

  for (const command of MODEL_COMMANDS) {
    app.all(`/api/${command}`, () => {
      throw new HttpError(
        'Files of models are fetched and removed on the command line: mlx-serve pull, cp, rm; or name them with --model when the server starts.',
        { status: 400, code: 'unsupported_endpoint' },
      );
    });
  }
  return app;
}

/** Clients probe for a running server here, where no page is served. */
export function ollamaProbe(): Hono {
  const app = new Hono();
  app.get('/', (context) => context.text('Ollama is running'));
  return app;
}
