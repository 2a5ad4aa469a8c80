import { createEngine, type Engine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { listen, type HttpServer } from '@mlx/server';
import chromium from '@sparticuz/chromium';
import { build } from 'esbuild';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMlx } from '../../src/index.js';
import { chatRoute } from './route.js';

const directory = new URL('.', import.meta.url).pathname;
const html = '<!doctype html><div id="root"></div><script type="module" src="/page.js"></script>';

let engine: Engine | undefined;
let server: HttpServer | undefined;
let browser: Browser | undefined;
let page: Page;

beforeAll(async () => {
  engine = createEngine();
  await engine.loadModel(DEFAULT_MODEL_ID);
  server = await serve(chatRoute(createMlx({ engine })(DEFAULT_MODEL_ID)));
  browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(server.url);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await engine?.shutdown();
});

it('a page with useChat gets its answer through a route handler', { timeout: 90_000 }, async () => {
  await page.getByRole('button', { name: 'Ask' }).click();
  await page.locator('article[data-role=assistant]', { hasText: 'Paris' }).waitFor();
  await page.locator('output', { hasText: 'ready' }).waitFor();
  expect(await page.locator('p').textContent()).toBe('');
});

it('stopping in the page ends the generation', { timeout: 90_000 }, async () => {
  await page.getByRole('button', { name: 'Story' }).click();
  await page.locator('article[data-role=assistant]').nth(1).filter({ hasText: /\w/ }).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  const rows = async () => (await engine?.getBatchStats())?.rows.decoding;
  await expect.poll(rows, { timeout: 20_000 }).toBe(0);
  expect((await engine?.getBatchStats())?.requests.cancelled).toBe(1);
});

async function serve(route: (request: Request) => Promise<Response>): Promise<HttpServer> {
  const { outputFiles } = await build({
    entryPoints: [`${directory}page.tsx`],
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  });
  const script = outputFiles[0]?.text ?? '';
  const answer = (request: Request): Response | Promise<Response> => {
    if (new URL(request.url).pathname === '/api/chat') return route(request);
    const isScript = request.url.endsWith('.js');
    const type = isScript ? 'text/javascript' : 'text/html; charset=utf-8';
    return new Response(isScript ? script : html, { headers: { 'content-type': type } });
  };
  return listen(
    { fetch: async (request) => answer(request), activeRequests: 0, drain: async () => undefined },
    { host: '127.0.0.1', port: 0 },
  );
}
