import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createEngine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { createHandler, listen, type Handler } from '@mlx/server';
import type { TestProject } from 'vitest/node';
import type { FileServer } from './file-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a file of tests asks for a server of its own. */
    controlURL: string;
    model: string;
    /** A page of another origin, which the servers allow. */
    pageURL: string;
  }
}

/** One engine with the default model for all files of a run; each has a server of its own before it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = new AsyncDisposableStack();
  const engine = stack.adopt(createEngine(), (owned) => owned.shutdown());
  await engine.loadModel(DEFAULT_MODEL_ID);
  await engine.warmupModel(DEFAULT_MODEL_ID);
  const page = await serve(stack, 'localhost', (_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>App</title>');
  });
  const control = await serve(stack, '127.0.0.1', async (_request, response) => {
    const handler = createHandler(engine, { allowedOrigins: [page] });
    const server = stack.use(await listen(handler, { host: '127.0.0.1', port: 0 }));
    const activeURL = await serveCount(stack, handler);
    const made: FileServer = { serverURL: server.url, activeURL };
    response.end(JSON.stringify(made));
  });
  project.provide('controlURL', control);
  project.provide('model', DEFAULT_MODEL_ID);
  project.provide('pageURL', page);
  return () => stack.disposeAsync();
}

/** Answers with the number of requests that the server works on. */
function serveCount(stack: AsyncDisposableStack, handler: Handler): Promise<string> {
  return serve(stack, '127.0.0.1', (_request, response) => {
    response.end(String(handler.activeRequests));
  });
}

async function serve(
  stack: AsyncDisposableStack,
  host: string,
  listener: RequestListener,
): Promise<string> {
  const server = stack.adopt(createServer(listener), (owned) => {
    owned.closeAllConnections();
    owned.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `http://${host}:${port}`;
}
