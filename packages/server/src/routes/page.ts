import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

const ONE_YEAR_SECONDS = 31_536_000;

/** The built page's files. Names under `assets/` carry a hash of their content. */
export function pageRoutes(directory: string): Hono {
  const app = new Hono();
  app.get('/assets/*', async (context, next) => {
    await next();
    if (context.res.ok) {
      context.header('cache-control', `public, max-age=${ONE_YEAR_SECONDS}, immutable`);
    }
  });
  app.get('/*', async (context, next) => {
    await next();
    if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-cache');
  });
  app.get('/*', serveStatic({ root: directory }));
  return app;
}
