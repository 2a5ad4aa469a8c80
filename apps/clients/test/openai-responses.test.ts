import OpenAI, { APIUserAbortError, BadRequestError, NotFoundError } from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { describe, expect, it } from 'vitest';
import { apiKey, baseURL, model, untilIdle } from './support/server.ts';
import { Answer, Weather } from './support/tasks.ts';

const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const question = { model, temperature: 0, max_output_tokens: 20 };
const input = 'What is the capital of France?';
const forced = {
  ...question,
  input: 'What is the weather in Oslo?',
  max_output_tokens: 40,
  tools: [zodResponsesFunction({ name: 'get_weather', parameters: Weather })],
  tool_choice: { type: 'function' as const, name: 'get_weather' },
  parallel_tool_calls: false,
};

describe('openai over responses', () => {
  it('answers, and sends its output back as it came', async () => {
    const first = await client.responses.create({ ...question, input });
    expect(first).toMatchObject({ status: 'completed', error: null });
    expect(first.output_text).toContain('Paris');
    const { usage } = first;
    expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
    const second = await client.responses.create({
      ...question,
      input: [
        { role: 'user', content: input },
        // Its types know of items that are answers only.
        ...(first.output as OpenAI.Responses.ResponseInputItem[]),
        { role: 'user', content: 'And of Italy?' },
      ],
    });
    expect(second.output_text).toContain('Rome');
  });

  it('streams to the same answer, through its helper and event by event', async () => {
    const whole = await client.responses.create({ ...question, input });
    const stream = client.responses.stream({ ...question, input });
    let text = '';
    stream.on('response.output_text.delta', ({ delta }) => (text += delta));
    const final = await stream.finalResponse();
    expect([text, final.output_text]).toEqual([whole.output_text, whole.output_text]);
    const types: string[] = [];
    for await (const event of await client.responses.create({ ...question, input, stream: true })) {
      types.push(event.type);
    }
    expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed']);
  });

  it('calls a tool, whole and streamed, and goes on with its result', async () => {
    const { output } = await client.responses.create(forced);
    const [call] = output;
    if (call?.type !== 'function_call') throw new Error('No function was called');
    expect(Weather.safeParse(JSON.parse(call.arguments)).success).toBe(true);
    const streamed = await client.responses.stream(forced).finalResponse();
    expect(streamed.output[0]).toMatchObject({ name: call.name, arguments: call.arguments });
    const { status } = await client.responses.create({
      ...question,
      input: [
        { role: 'user', content: forced.input },
        call,
        { type: 'function_call_output', call_id: call.call_id, output: 'Snow, -3' },
      ],
      tools: forced.tools,
      max_output_tokens: 16,
    });
    expect(status).toMatch(/^(?:completed|incomplete)$/);
  });

  it('parses typed answers and typed arguments', async () => {
    const typed = await client.responses.parse({
      ...question,
      input,
      max_output_tokens: 40,
      text: { format: zodTextFormat(Answer, 'answer') },
    });
    expect(Answer.parse(typed.output_parsed)).toEqual(typed.output_parsed);
    const called = await client.responses.parse(forced);
    const [call] = called.output;
    expect(
      Weather.parse(call && 'parsed_arguments' in call && call.parsed_arguments),
    ).toBeDefined();
  });

  it('goes on from a response that is stored, and has it forgotten', async () => {
    const first = await client.responses.create({ ...question, input, store: true });
    const second = await client.responses.create({
      ...question,
      input: 'And of Italy?',
      previous_response_id: first.id,
    });
    expect(second.output_text).toContain('Rome');
    expect((await client.responses.retrieve(first.id)).output_text).toBe(first.output_text);
    await client.responses.delete(first.id);
    await expect(client.responses.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('counts its input as the answer is charged', async () => {
    const asked = { model, input, instructions: 'Be brief.' };
    const { input_tokens: counted } = await client.responses.inputTokens.count(asked);
    const { usage } = await client.responses.create({ ...question, ...asked });
    expect(usage?.input_tokens).toBe(counted);
  });

  it('says that an answer was cut', async () => {
    const { status, incomplete_details: details } = await client.responses.create({
      ...question,
      input,
      max_output_tokens: 2,
    });
    expect([status, details?.reason]).toEqual(['incomplete', 'max_output_tokens']);
  });

  it('gets its own error classes, with the field at fault', async () => {
    const wrong = client.responses.create({ ...question, input, temperature: 9 });
    await expect(wrong).rejects.toBeInstanceOf(BadRequestError);
    await expect(wrong).rejects.toMatchObject({ param: 'temperature' });
    const long = client.responses.create({ model, input: 'word '.repeat(9000), stream: true });
    await expect(long).rejects.toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('takes its work along when it leaves', async () => {
    const asked = { model, input: 'Tell me a very long story.', max_output_tokens: 2000 };
    for await (const event of await client.responses.create({ ...asked, stream: true })) {
      if (event.type === 'response.output_text.delta') break;
    }
    await untilIdle();
    const stream = client.responses.stream(asked);
    stream.on('response.output_text.delta', () => stream.abort());
    await expect(stream.finalResponse()).rejects.toBeInstanceOf(APIUserAbortError);
    await untilIdle();
  });
});
