import { describe, expect, it } from 'vitest';
import { createHandler, Readiness } from '../src/index.js';
import { errorOf, get, post, question } from './support/requests.js';
import { ScriptedEngine } from './support/scripted-engine.js';

const CHAT = '/v1/chat/completions';

function setUp(loadWaitMs: number) {
  const engine = new ScriptedEngine();
  const readiness = new Readiness();
  return { engine, readiness, handler: createHandler(engine, { readiness, loadWaitMs }) };
}

describe('while the model loads', () => {
  it('the server is alive but not ready, and says how far it is', async () => {
    const { readiness, handler } = setUp(0);
    readiness.loading('Downloading', 0.5);
    expect((await handler.fetch(get('/healthz'))).status).toBe(200);
    const response = await handler.fetch(get('/readyz'));
    expect(response.status).toBe(503);
    expect(response.headers.has('retry-after')).toBe(true);
    expect(await response.json()).toEqual({ state: 'loading', step: 'Downloading', progress: 0.5 });
  });

  it('a request waits and is answered once the model is ready', async () => {
    const { readiness, handler } = setUp(10_000);
    const answer = handler.fetch(post(CHAT, question));
    readiness.ready();
    expect((await answer).status).toBe(200);
  });

  it('a request that waited long enough is told when to try again', async () => {
    const { readiness, handler } = setUp(1);
    readiness.loading('Loading weights');
    const response = await handler.fetch(post(CHAT, question));
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await errorOf(response)).toMatchObject({
      code: 'model_not_ready',
      message: 'The model is still loading (Loading weights).',
    });
  });

  it('a request for a model that is ready does not wait for the others', async () => {
    const { readiness, handler } = setUp(10_000);
    const answer = handler.fetch(post(CHAT, question));
    readiness.modelReady('acme/other');
    readiness.modelReady('acme/echo');
    expect((await answer).status).toBe(200);
    expect((await handler.fetch(get('/readyz'))).status).toBe(503);
    readiness.failed('The other one has no weights.');
    expect((await handler.fetch(post(CHAT, question))).status).toBe(200);
  });

  it('a request for another model waits for all', async () => {
    const { readiness, handler } = setUp(1);
    readiness.modelReady('acme/other');
    expect((await handler.fetch(post(CHAT, question))).status).toBe(503);
  });

  it('a bad request is refused at once', async () => {
    const { handler } = setUp(10_000);
    expect((await handler.fetch(post(CHAT, { ...question, n: 0 }))).status).toBe(400);
  });

  it('a client that leaves does not keep waiting', async () => {
    const { handler } = setUp(10_000);
    const abort = new AbortController();
    const answer = handler.fetch(new Request(post(CHAT, question), { signal: abort.signal }));
    abort.abort();
    expect((await answer).status).toBe(499);
    expect(handler.activeRequests).toBe(0);
  });
});

describe('readiness', () => {
  it('ends with a load that failed', async () => {
    const { readiness, handler } = setUp(10_000);
    readiness.failed('No such model.');
    expect((await handler.fetch(get('/readyz'))).status).toBe(503);
    const response = await handler.fetch(post(CHAT, question));
    expect(response.status).toBe(503);
    expect(await errorOf(response)).toMatchObject({ message: 'No such model.' });
  });

  it('does not take away a model that is being restarted', async () => {
    const { engine, readiness, handler } = setUp(0);
    readiness.ready();
    engine.healthy = false;
    expect((await handler.fetch(post(CHAT, question))).status).toBe(200);
    expect(await (await handler.fetch(get('/v1/models'))).json()).toMatchObject({
      data: [{ id: 'acme/echo' }],
    });
  });

  it('is loading, not failed, while a model that crashed is being restarted', async () => {
    const { engine, readiness, handler } = setUp(0);
    readiness.ready();
    engine.healthy = false;
    engine.state = 'loading';
    const response = await handler.fetch(get('/readyz'));
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      state: 'loading',
      step: 'A model crashed and is being restarted',
      progress: null,
    });
  });

  it('ends with a model that stops working', async () => {
    const { engine, readiness, handler } = setUp(0);
    readiness.ready();
    expect((await handler.fetch(get('/readyz'))).status).toBe(200);
    engine.healthy = false;
    engine.state = 'failed';
    const response = await handler.fetch(get('/readyz'));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ state: 'failed' });
  });
});
