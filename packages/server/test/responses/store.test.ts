import { NotFoundError } from 'openai';
import { describe, expect, it } from 'vitest';
import { get } from '../support/requests.js';
import { setUpResponses } from '../support/response-client.js';
import { endless, MODEL } from '../support/scripted-engine.js';

const ask = { model: MODEL, input: 'My name is Ada.' };
const key = { authorization: 'Bearer none' };
const hello = { role: 'assistant', content: 'Hello world' };

describe('a response that is to be stored', () => {
  it('can be retrieved and its input listed', async () => {
    const { client } = setUpResponses();
    const made = await client.responses.create({ ...ask, store: true });
    expect(made).toMatchObject({ store: true });
    const found = await client.responses.retrieve(made.id);
    expect(found).toEqual(made);
    const { data } = await client.responses.inputItems.list(made.id);
    expect(data).toMatchObject([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: ask.input }] },
    ]);
  });

  it('is gone when it was deleted', async () => {
    const { client } = setUpResponses();
    const { id } = await client.responses.create({ ...ask, store: true });
    await client.responses.delete(id);
    await expect(client.responses.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.responses.delete(id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('can be gone on from, turn by turn, with new instructions', async () => {
    const { engine, client } = setUpResponses();
    const first = await client.responses.create({ ...ask, instructions: 'A.', store: true });
    const second = await client.responses.create({
      model: MODEL,
      input: 'Who am I?',
      previous_response_id: first.id,
      store: true,
    });
    await client.responses.create({
      model: MODEL,
      input: 'Sure?',
      instructions: 'B.',
      previous_response_id: second.id,
    });
    expect(second.previous_response_id).toBe(first.id);
    expect(engine.calls.at(-1)?.messages).toEqual([
      { role: 'system', content: 'B.' },
      { role: 'user', content: ask.input },
      hello,
      { role: 'user', content: 'Who am I?' },
      hello,
      { role: 'user', content: 'Sure?' },
    ]);
  });

  it('is seen by nobody with another key', async () => {
    const { client, clientOf } = setUpResponses();
    const { id } = await client.responses.create({ ...ask, store: true });
    const other = clientOf('another');
    await expect(other.responses.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
    await expect(other.responses.delete(id)).rejects.toBeInstanceOf(NotFoundError);
    await expect(
      other.responses.create({ ...ask, previous_response_id: id }),
    ).rejects.toMatchObject({ status: 404, param: 'previous_response_id' });
    expect((await client.responses.retrieve(id)).id).toBe(id);
  });

  it('is forgotten when there are more than may be kept, the longest unused first', async () => {
    const { client } = setUpResponses(undefined, { responseStore: { maxResponses: 2 } });
    const stored = { ...ask, store: true };
    const first = await client.responses.create(stored);
    const second = await client.responses.create(stored);
    await client.responses.retrieve(first.id);
    await client.responses.create(stored);
    expect((await client.responses.retrieve(first.id)).id).toBe(first.id);
    await expect(client.responses.retrieve(second.id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('is forgotten when all have too many bytes, and never kept when it has them alone', async () => {
    const { client } = setUpResponses(undefined, { responseStore: { maxBytes: 4000 } });
    const first = await client.responses.create({ ...ask, store: true });
    expect((await client.responses.retrieve(first.id)).id).toBe(first.id);
    const long = { model: MODEL, store: true, input: 'a'.repeat(1500) };
    await client.responses.create(long);
    await expect(client.responses.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError);
    const { id } = await client.responses.create({ ...long, input: 'a'.repeat(5000) });
    await expect(client.responses.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('can be seen and cancelled while it is streamed', async () => {
    const { engine, handler, client } = setUpResponses();
    engine.script(endless);
    const stream = await client.responses.create({ ...ask, store: true, stream: true });
    let id = '';
    const types: string[] = [];
    const failure = (async () => {
      for await (const event of stream) {
        types.push(event.type);
        if (event.type === 'response.created') ({ id } = event.response);
        if (types.length !== 6) continue;
        expect((await client.responses.retrieve(id)).status).toBe('in_progress');
        expect((await client.responses.cancel(id)).status).toBe('cancelled');
      }
    })();
    await expect(failure).rejects.toMatchObject({ code: 'response_cancelled' });
    expect(types.at(-1)).toBe('response.failed');
    const { status, output } = await client.responses.retrieve(id);
    expect(status).toBe('cancelled');
    expect(output).toMatchObject([{ type: 'message' }]);
    expect([engine.running, handler.activeRequests]).toEqual([0, 0]);
    expect((await client.responses.cancel(id)).status).toBe('cancelled');
  });

  it('cannot be cancelled when it is finished', async () => {
    const { client } = setUpResponses();
    const { id } = await client.responses.create({ ...ask, store: true });
    await expect(client.responses.cancel(id)).rejects.toMatchObject({ code: 'response_finished' });
  });

  it('lists its input in pages, the newest first unless asked otherwise', async () => {
    const { handler, client } = setUpResponses();
    const input = ['a', 'b', 'c'].map((content) => ({ role: 'user' as const, content }));
    const { id } = await client.responses.create({ model: MODEL, input, store: true });
    const list = async (query: object) => (await client.responses.inputItems.list(id, query)).data;
    const texts = async (query: object) =>
      (await list(query)).map((item) => JSON.stringify(item).match(/"text":"(.)"/)?.[1]);
    expect(await texts({})).toEqual(['c', 'b', 'a']);
    expect(await texts({ order: 'asc', limit: 2 })).toEqual(['a', 'b']);
    const [newest] = await list({ limit: 1 });
    expect(await texts({ after: newest?.id, limit: 1 })).toEqual(['b']);
    const wrong = await handler.fetch(get(`/v1/responses/${id}/input_items?limit=0`, key));
    expect(wrong.status).toBe(400);
  });
});

describe('a response that is not to be stored', () => {
  it('cannot be retrieved or gone on from, and the error says what to send', async () => {
    const { client } = setUpResponses();
    const response = await client.responses.create(ask);
    const { id } = response;
    expect(response).toMatchObject({ store: false });
    await expect(client.responses.retrieve(id)).rejects.toThrow("'store': true");
    await expect(client.responses.create({ ...ask, previous_response_id: id })).rejects.toThrow(
      "'store': true",
    );
  });

  it('leaves its items to be referred to, unless that was refused', async () => {
    const { engine, client } = setUpResponses();
    const item = async (store?: false) => {
      const { output } = await client.responses.create({
        ...ask,
        ...(store === false ? { store } : {}),
      });
      return output[0]?.id ?? '';
    };
    const refer = async (id: string) =>
      client.responses.create({
        model: MODEL,
        input: [
          { role: 'user', content: 'Hi' },
          { type: 'item_reference', id },
          { role: 'user', content: 'And?' },
        ],
      });
    await refer(await item());
    expect(engine.calls.at(-1)?.messages?.[1]).toEqual(hello);
    await expect(refer(await item(false))).rejects.toMatchObject({ status: 404, param: 'input.1' });
  });
});

it('compaction is refused by name', async () => {
  const { client } = setUpResponses();
  await expect(client.responses.compact({ model: MODEL })).rejects.toMatchObject({
    status: 400,
    code: 'unsupported_endpoint',
  });
});
