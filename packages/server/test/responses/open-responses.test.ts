import { describe, expect, it } from 'vitest';
import type { GeneratorChunk } from '@mlx/schemas';
import { PIXEL } from '../support/images.js';
import { OpenEventShape, OpenResponseShape } from '../support/open-responses-shapes.js';
import { errorOf } from '../support/requests.js';
import { call, ended, setUpResponses } from '../support/response-client.js';

const turn = (role: string, content: unknown) => ({ type: 'message', role, content });

const weather = {
  type: 'function',
  name: 'look_up_weather',
  description: 'Today in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

const asksForTool = { input: [turn('user', 'Is it raining in Bergen?')], tools: [weather] };
const calls = [
  ...call(0, 'call_1', 'look_up_weather', '{"city":', '"Bergen"}'),
  ended('tool_calls'),
];

async function whole(body: object, chunks?: readonly GeneratorChunk[]) {
  const { engine, ask } = setUpResponses(chunks);
  const answer = await ask(body);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('application/json');
  return { engine, response: OpenResponseShape.parse(await answer.json()) };
}

async function streamed(body: object, chunks?: readonly GeneratorChunk[]) {
  const { ask } = setUpResponses(chunks);
  const answer = await ask({ ...body, stream: true });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const frames = (await answer.text()).trimEnd().split('\n\n');
  expect(frames.pop()).toBe('data: [DONE]');
  const events = frames.map((frame) => {
    const [name = '', data = ''] = frame.split('\n');
    const event = OpenEventShape.parse(JSON.parse(data.slice('data: '.length)));
    expect(name).toBe(`event: ${event.type}`);
    return event;
  });
  const last = events.at(-1);
  if (last === undefined || !('response' in last)) throw new Error('The stream has no end.');
  return { events, response: last.response };
}

/** Status and text of an answer that is one message. */
const said = ({ status, output }: Awaited<ReturnType<typeof whole>>['response']) => ({
  status,
  texts: output.flatMap((item) => (item.type === 'message' ? item.content : [])),
});

const hello = { status: 'completed', texts: [{ text: 'Hello world' }] };

describe('by the shapes of Open Responses', () => {
  it('a turn of the user is answered', async () => {
    const { response } = await whole({ input: [turn('user', 'Greet me in two words.')] });
    expect(said(response)).toMatchObject(hello);
  });

  it('an answer is streamed', async () => {
    const { events, response } = await streamed({ input: [turn('user', 'Greet me.')] });
    expect(said(response)).toMatchObject(hello);
    expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()]);
  });

  it('what the system says is read before the user', async () => {
    const input = [turn('system', 'Talk like a sailor.'), turn('user', 'Greet me.')];
    const { engine, response } = await whole({ input });
    expect(said(response)).toMatchObject(hello);
    expect(engine.calls[0]?.messages?.map(({ role }) => role)).toEqual(['system', 'user']);
  });

  it('a function is called', async () => {
    const { response } = await whole(asksForTool, calls);
    expect(response).toMatchObject({
      status: 'completed',
      output: [{ type: 'function_call', name: 'look_up_weather', arguments: '{"city":"Bergen"}' }],
      tools: [{ ...weather, strict: false }],
    });
  });

  it('a call is streamed: its name first, then its arguments, then all of it', async () => {
    const { events } = await streamed(asksForTool, calls);
    expect(events.slice(2, -1)).toMatchObject([
      {
        type: 'response.output_item.added',
        item: { type: 'function_call', name: 'look_up_weather', status: 'in_progress' },
      },
      { type: 'response.function_call_arguments.delta', delta: '{"city":' },
      { type: 'response.function_call_arguments.delta', delta: '"Bergen"}' },
      { type: 'response.function_call_arguments.done', arguments: '{"city":"Bergen"}' },
      {
        type: 'response.output_item.done',
        item: { type: 'function_call', arguments: '{"city":"Bergen"}', status: 'completed' },
      },
    ]);
  });

  it('a conversation of several turns is read in its order', async () => {
    const input = [
      turn('user', 'I am Ada.'),
      turn('assistant', 'Good day, Ada.'),
      turn('user', 'Who am I?'),
    ];
    const { engine, response } = await whole({ input });
    expect(said(response)).toMatchObject(hello);
    expect(engine.calls[0]?.messages?.map(({ content }) => content)).toEqual(
      input.map(({ content }) => content),
    );
  });

  it('a picture is refused by its place where the model reads text only', async () => {
    const { ask } = setUpResponses();
    const picture = { type: 'input_image', image_url: 'data:image/png;base64,AA==' };
    const question = { type: 'input_text', text: 'What is this?' };
    const answer = await ask({ input: [turn('user', [question, picture])] });
    expect(answer.status).toBe(400);
    expect(await errorOf(answer)).toMatchObject({ param: 'input.0.content.1' });
  });

  it('a picture is looked at where the model sees', async () => {
    const { engine, ask } = setUpResponses();
    engine.sees = true;
    const picture = { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}` };
    const question = { type: 'input_text', text: 'What is this?' };
    const answer = await ask({ input: [turn('user', [question, picture])] });
    expect(said(OpenResponseShape.parse(await answer.json()))).toMatchObject(hello);
    const [asked] = engine.calls[0]?.messages ?? [];
    expect(asked?.content).toMatchObject([{ type: 'text' }, { type: 'image' }]);
  });

  it('an item that was cut is the last, and its response is incomplete', async () => {
    const cut = [{ type: 'token', token: 'One, tw' } as const, ended('length')];
    const { events, response } = await streamed({ input: 'Count.', max_output_tokens: 16 }, cut);
    expect(events.at(-1)?.type).toBe('response.incomplete');
    expect(response).toMatchObject({ status: 'incomplete', output: [{ status: 'incomplete' }] });
  });

  it('a stream that fails ends with its error, its response and its end', async () => {
    const { ask } = setUpResponses([
      { type: 'token', token: 'One' },
      { type: 'error', error: { code: 'GenerationError', message: 'The model broke.' } },
    ]);
    const frames = (await (await ask({ stream: true })).text()).trimEnd().split('\n\n').slice(-3);
    expect(frames[0]).toMatch(/^event: response.failed\n/);
    expect(frames[1]).toMatch(/^event: error\n/);
    expect(frames[2]).toBe('data: [DONE]');
  });
});
