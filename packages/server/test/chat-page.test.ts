import { expect, it } from 'vitest';
import { createHandler } from '../src/index.js';
import { requirePage } from '../src/page-directory.js';
import { get } from './support/requests.js';
import { ScriptedEngine } from './support/scripted-engine.js';

const handler = createHandler(new ScriptedEngine(), {
  apiKey: 's3cret',
  chatPage: true,
  mcpServers: { gone: 'http://127.0.0.1:9/mcp' },
});
const key = { authorization: 'Bearer s3cret' };
const status = async (path: string, headers: Record<string, string> = {}) =>
  (await handler.fetch(get(path, headers))).status;

it('is served without the key, which it asks for itself; the API is not', async () => {
  const page = await handler.fetch(get('/'));
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<div id="root">');
  for (const path of ['/v1/models', '/v1/stats', '/v1/mcp', '/v1/mcp/gone']) {
    expect(await status(path)).toBe(401);
  }
});

it.each([
  ['opens an address', { 'sec-fetch-mode': 'navigate' }, /^Basic/],
  ['opens an address in an older browser', { accept: 'text/html,*/*' }, /^Basic/],
  ['calls from a page', { 'sec-fetch-mode': 'cors', accept: 'text/html' }, /^Bearer$/],
  ['calls from a program', {}, /^Bearer$/],
])('asks whoever %s in the form that it understands', async (_, headers, challenge) => {
  const response = await handler.fetch(get('/v1/models', headers));
  expect(response.headers.get('www-authenticate')).toMatch(challenge);
});

it('reaches MCP servers that were named, and says when one does not answer', async () => {
  const list = await handler.fetch(get('/v1/mcp', key));
  expect(await list.json()).toEqual({ data: [{ name: 'gone' }] });
  expect(await status('/v1/mcp/gone', key)).toBe(502);
  for (const name of ['other', 'toString', 'http:%2F%2F127.0.0.1:9']) {
    expect(await status(`/v1/mcp/${name}`, key)).toBe(404);
  }
});

it('gets no statistics from an engine that has none', async () => {
  expect(await status('/v1/stats', key)).toBe(404);
});

it('lies with everything else below the base path, and nothing lies beside it', async () => {
  const below = createHandler(new ScriptedEngine(), { chatPage: true, basePath: 'api/llm/' });
  const answer = async (path: string) => (await below.fetch(get(path))).status;
  expect(await answer('/api/llm/v1/models')).toBe(200);
  expect(await answer('/api/llm/')).toBe(200);
  expect(await answer('/v1/models')).toBe(404);
  expect(await answer('/api/llmx/v1/models')).toBe(404);
});

it('is refused where a folder has none', () => {
  expect(() => requirePage('/nowhere')).toThrow('There is no index.html in /nowhere');
});
