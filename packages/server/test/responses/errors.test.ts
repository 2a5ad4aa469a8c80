import { describe, expect, it } from 'vitest';
import { errorOf } from '../support/requests.js';
import { setUpResponses } from '../support/response-client.js';
import { MODEL } from '../support/scripted-engine.js';

const crash = {
  type: 'error' as const,
  error: { code: 'SidecarCrashed' as const, message: 'The model process ended.' },
};

describe('a stream that fails midway', () => {
  const partial = [{ type: 'token' as const, token: 'Hel' }, crash];

  it('ends with the failed response and the error, each in the form that clients read', async () => {
    const { events } = setUpResponses(partial);
    const [failed, error] = (await events({})).slice(-2);
    expect(failed).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: 'sidecar_crashed', message: crash.error.message },
        output: [{ type: 'message', content: [{ text: 'Hel' }] }],
      },
    });
    const told = { code: 'sidecar_crashed', message: crash.error.message, param: null };
    expect(error).toMatchObject({ type: 'error', ...told, error: told });
  });

  it('fails for those who read its events and for those who wait for its end', async () => {
    const { client } = setUpResponses(partial);
    const ask = { model: MODEL, input: 'Hi' };
    const reading = (async () => {
      for await (const _ of await client.responses.create({ ...ask, stream: true }));
    })();
    await expect(reading).rejects.toMatchObject({ code: 'sidecar_crashed' });
    await expect(client.responses.stream(ask).finalResponse()).rejects.toMatchObject({
      code: 'sidecar_crashed',
    });
  });
});

it('a request that fails before the first token is refused with a status', async () => {
  const { ask } = setUpResponses([crash]);
  const response = await ask({ stream: true });
  expect(response.status).toBe(503);
  expect(await errorOf(response)).toMatchObject({ code: 'sidecar_crashed' });
});

it.each([
  ['an unknown model', { model: 'other' }, 404, 'model'],
  ['a temperature out of range', { temperature: 9 }, 400, 'temperature'],
  ['an unknown item', { input: [{ type: 'dream' }] }, 400, 'input.0.type'],
  ['a role that nobody has', { input: [{ role: 'king', content: 'a' }] }, 400, 'input.0.role'],
  [
    'a schema without a schema',
    { text: { format: { type: 'json_schema', name: 'a' } } },
    400,
    'text.format.schema',
  ],
])('%s is refused by name', async (_, body, status, param) => {
  const { ask } = setUpResponses();
  const response = await ask(body);
  expect(response.status).toBe(status);
  expect(await errorOf(response)).toMatchObject({ param });
});
