import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createEngine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { createHandler, listen, type Handler } from '@mlx/server';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's address without a path, such as `http://127.0.0.1:40123`. */
    serverURL: string;
    /** Answers with the number of requests that the server is working on. */
    activeURL: string;
    model: string;
    /** A page of another origin, which the server allows. */
    pageURL: string;
  }
}

/** One server with the default model for all files of a run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = createEngine();
  await engine.loadModel(DEFAULT_MODEL_ID);
  await engine.warmupModel(DEFAULT_MODEL_ID);
  const page = await servePage();
  const handler = createHandler(engine, { allowedOrigins: [page.origin] });
  const server = await listen(handler, { host: '127.0.0.1', port: 0 });
  const counter = await serveCount(handler);
  project.provide('serverURL', server.url);
  project.provide('activeURL', counter.url);
  project.provide('model', DEFAULT_MODEL_ID);
  project.provide('pageURL', page.origin);
  return async () => {
    counter.close();
    page.close();
    await server.close();
    await engine.shutdown();
  };
}

async function serveCount(handler: Handler) {
  const server = createServer((_request, response) => response.end(String(handler.activeRequests)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function servePage() {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>App</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { origin: `http://localhost:${port}`, close: () => server.close() };
}
