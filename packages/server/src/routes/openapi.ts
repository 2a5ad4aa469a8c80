import { Hono } from 'hono';
import { openApiDocument } from '../openapi/document.js';

export function openApiRoutes(): Hono {
  const app = new Hono();
  let document: object | undefined;
  app.get('/openapi.json', (context) => context.json((document ??= openApiDocument())));
  return app;
}
