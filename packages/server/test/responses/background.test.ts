import type OpenAI from 'openai';
import { NotFoundError } from 'openai';
import { describe, expect, it } from 'vitest';
import type { GeneratorChunk } from '@mlx/schemas';
import { EventLog } from '../../src/responses/event-log.js';
import { errorOf } from '../support/requests.js';
import { setUpResponses } from '../support/response-client.js';
import { endless, finished, MODEL } from '../support/scripted-engine.js';

const ask = { model: MODEL, input: 'My name is Ada.', background: true };

/** An engine that writes a token, and the rest when it is let go. */
function setUpPaused(...rest: GeneratorChunk[]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const set = setUpResponses();
  set.engine.script(async function* script() {
    yield { type: 'token', token: 'Hello' };
    await promise;
    yield* rest;
  });
  return { ...set, letGo: resolve };
}

describe('a response in the background', () => {
  it('is answered at once, seen while it is written, and found when it is finished', async () => {
    const { client, letGo } = setUpPaused({ type: 'token', token: ' Ada' }, finished(2));
    const begun = await client.responses.create(ask);
    expect(begun).toMatchObject({
      status: 'in_progress',
      background: true,
      store: true,
      output: [],
      usage: null,
    });
    const found = () => client.responses.retrieve(begun.id);
    await expect.poll(async () => (await found()).output_text).toBe('Hello');
    expect((await found()).status).toBe('in_progress');
    letGo();
    await expect.poll(async () => (await found()).status).toBe('completed');
    expect(await found()).toMatchObject({
      output_text: 'Hello Ada',
      usage: { output_tokens: 2 },
      created_at: begun.created_at,
    });
  });

  it('can be gone on from', async () => {
    const { engine, client } = setUpResponses();
    const { id } = await client.responses.create(ask);
    await expect.poll(async () => (await client.responses.retrieve(id)).status).toBe('completed');
    await client.responses.create({ model: MODEL, input: 'Who?', previous_response_id: id });
    expect(engine.calls.at(-1)?.messages?.map(({ content }) => content)).toEqual([
      ask.input,
      'Hello world',
      'Who?',
    ]);
  });

  it('goes on when its client leaves, and counts as work until it is finished', async () => {
    const { handler, engine, client, letGo } = setUpPaused(finished(1));
    const leaving = new AbortController();
    const { id } = await client.responses.create(ask, { signal: leaving.signal });
    leaving.abort();
    await expect.poll(() => engine.running).toBe(1);
    expect(handler.activeRequests).toBe(1);
    letGo();
    await expect.poll(async () => (await client.responses.retrieve(id)).status).toBe('completed');
    expect(handler.activeRequests).toBe(0);
  });

  it('is cancelled once, and whoever cancels again is told the same', async () => {
    const { engine, handler, client } = setUpResponses();
    engine.script(endless);
    const { id } = await client.responses.create(ask);
    await expect.poll(() => engine.running).toBe(1);
    expect((await client.responses.cancel(id)).status).toBe('cancelled');
    await expect.poll(() => engine.running).toBe(0);
    await expect.poll(() => handler.activeRequests).toBe(0);
    expect(await client.responses.retrieve(id)).toMatchObject({ status: 'cancelled', error: null });
    expect((await client.responses.cancel(id)).status).toBe('cancelled');
  });

  it('that fails says why where it is looked for', async () => {
    const { client } = setUpResponses([
      { type: 'token', token: 'One' },
      { type: 'error', error: { code: 'GenerationError', message: 'The model broke.' } },
    ]);
    const { id } = await client.responses.create(ask);
    await expect.poll(async () => (await client.responses.retrieve(id)).status).toBe('failed');
    expect(await client.responses.retrieve(id)).toMatchObject({
      error: { message: expect.stringContaining('The model broke.') },
      output_text: 'One',
    });
  });

  it('is ended with its reason when the server shuts down', async () => {
    const { engine, handler, client } = setUpResponses();
    engine.script(endless);
    const { id } = await client.responses.create(ask);
    await handler.drain(10);
    expect(engine.running).toBe(0);
    expect(await client.responses.retrieve(id)).toMatchObject({
      status: 'failed',
      error: { code: 'shutting_down' },
    });
  });

  it('belongs to the key that asked for it', async () => {
    const { client, clientOf } = setUpResponses();
    const { id } = await client.responses.create(ask);
    const other = clientOf('another');
    await expect(other.responses.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
    await expect(other.responses.cancel(id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('of a model that is not served is refused at once', async () => {
    const { client } = setUpResponses();
    const refused = client.responses.create({ ...ask, model: 'acme/other' });
    await expect(refused).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
  });

  it('that nobody could see is refused by name', async () => {
    const response = await setUpResponses().ask({ background: true, store: false });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ param: 'store' });
  });
});

type Events = AsyncIterable<OpenAI.Responses.ResponseStreamEvent>;

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The first event of a stream that is left then. */
async function firstOf(events: Events): Promise<OpenAI.Responses.ResponseStreamEvent> {
  for await (const event of events) return event;
  throw new Error('A stream without events');
}

const idOf = (event: OpenAI.Responses.ResponseStreamEvent) =>
  event.type === 'response.created' ? event.response.id : '';

describe('a response in the background that is streamed', () => {
  const streamed = { ...ask, stream: true as const };

  it('tells what was missed, and what is still to come, to whoever comes back', async () => {
    const { client, letGo } = setUpPaused({ type: 'token', token: ' Ada' }, finished(2));
    const id = idOf(await firstOf(await client.responses.create(streamed)));
    await expect.poll(async () => (await client.responses.retrieve(id)).output_text).toBe('Hello');
    const missed = { stream: true as const, starting_after: 0 };
    const [again, beside] = await Promise.all([
      client.responses.retrieve(id, missed),
      client.responses.retrieve(id, { stream: true }),
    ]);
    letGo();
    const [rest, whole] = await Promise.all([all(again), all(beside)]);
    expect(whole.map(({ sequence_number }) => sequence_number)).toEqual([...whole.keys()]);
    expect(rest).toEqual(whole.slice(1));
    expect(whole.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { id, usage: { output_tokens: 2 } },
    });
    expect((await client.responses.retrieve(id)).output_text).toBe('Hello Ada');
  });

  it('is found again when it is finished, from any event on', async () => {
    const { client } = setUpResponses();
    const whole = await all(await client.responses.create(streamed));
    const id = whole[0] ? idOf(whole[0]) : '';
    for (const starting_after of [0, 3, whole.length - 1, whole.length + 7]) {
      const rest = await client.responses.retrieve(id, { stream: true, starting_after });
      expect(await all(rest)).toEqual(whole.slice(starting_after + 1));
    }
    const helped = client.responses.stream({ response_id: id, starting_after: 2 });
    expect((await helped.finalResponse()).output_text).toBe('Hello world');
  });

  it('ends for all who read it when it is cancelled', async () => {
    const { engine, client } = setUpResponses();
    engine.script(endless);
    const events = await client.responses.create(streamed);
    let last: unknown;
    const read = (async () => {
      for await (const event of events) {
        if (event.type === 'response.created') void client.responses.cancel(event.response.id);
        last = event;
      }
    })();
    await expect(read).rejects.toMatchObject({ code: 'response_cancelled' });
    expect(last).toMatchObject({ type: 'response.failed', response: { status: 'cancelled' } });
    expect(engine.running).toBe(0);
  });

  it.each([
    ['stream', { stream: true as const }],
    ['starting_after', { starting_after: 3 }],
    ['starting_after', { stream: true as const, starting_after: -1 }],
  ])('is told from another, and %s refused by name: %j', async (param, query) => {
    const { client } = setUpResponses();
    const { id } = await client.responses.create(ask);
    const refused = client.responses.retrieve(id, query);
    await expect(refused).rejects.toMatchObject({ status: 400, param });
  });
});

it('forgets the oldest events of a response that has too many', async () => {
  const log = new EventLog(10);
  for (const event of ['aaaa', 'bbbb', 'cccc']) log.add(event);
  log.end();
  expect(() => log.requireAfter(-1)).toThrow('The events up to 0 are forgotten');
  expect(await all(log.after(0))).toEqual(['bbbbcccc']);
});
