import Anthropic, { APIUserAbortError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { describe, expect, it, vi } from 'vitest';
import { apiKey, model, serverURL, untilIdle } from './support/server.ts';
import { Answer, Weather, weatherTool } from './support/tasks.ts';

const client = new Anthropic({ baseURL: serverURL, apiKey, maxRetries: 0 });
const question = { model, temperature: 0, max_tokens: 20 };
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];
const weather = [{ role: 'user' as const, content: 'What is the weather in Oslo?' }];
const tools = [
  {
    name: weatherTool.function.name,
    description: weatherTool.function.description,
    input_schema: { ...weatherTool.function.parameters, type: 'object' as const },
  },
];
const getWeather = { type: 'tool' as const, name: 'get_weather' };

/** All tokens of a prompt, computed or not. */
const promptOf = (usage: Anthropic.Usage) =>
  usage.input_tokens + (usage.cache_read_input_tokens ?? 0);

describe('@anthropic-ai/sdk', () => {
  it('chats over several turns', async () => {
    const first = await client.messages.create({ ...question, messages });
    expect(first.content).toMatchObject([{ type: 'text', text: expect.stringContaining('Paris') }]);
    expect(first.stop_reason).toBe('end_turn');
    const follow = { role: 'user' as const, content: 'And of Italy?' };
    const history = [...messages, { role: 'assistant' as const, content: first.content }, follow];
    const second = await client.messages.create({ ...question, messages: history });
    expect(second.content).toMatchObject([{ text: expect.stringContaining('Rome') }]);
  });

  it('streams, with the cost of the prompt in the first event and in the last', async () => {
    const stream = client.messages.stream({ ...question, messages });
    const starts: Anthropic.Usage[] = [];
    stream.on('streamEvent', (event) => {
      if (event.type === 'message_start') starts.push({ ...event.message.usage });
    });
    const { usage } = await stream.finalMessage();
    expect(await stream.finalText()).toContain('Paris');
    expect(starts).toMatchObject([
      {
        input_tokens: usage.input_tokens,
        cache_read_input_tokens: usage.cache_read_input_tokens,
        output_tokens: 0,
      },
    ]);
  });

  it('has its own beginning of an answer gone on from', async () => {
    const begun = [
      { role: 'user' as const, content: 'Count to eight.' },
      { role: 'assistant' as const, content: '1, 2, 3, 4,' },
    ];
    const { content, usage } = await client.messages.create({ ...question, messages: begun });
    expect(content).toMatchObject([{ text: expect.stringMatching(/^ ?5, 6, 7/) }]);
    const { input_tokens: counted } = await client.messages.countTokens({ model, messages: begun });
    expect(promptOf(usage)).toBe(counted);
  });

  it('counts exactly what an answer is charged', async () => {
    const choices = [{ type: 'auto' as const }, { type: 'none' as const }];
    for (const tool_choice of choices) {
      const asked = { model, messages: weather, system: 'You are brief.', tools, tool_choice };
      const { input_tokens: counted } = await client.messages.countTokens(asked);
      const { usage } = await client.messages.create({ ...asked, max_tokens: 1 });
      expect(promptOf(usage)).toBe(counted);
    }
  });

  it('forces a tool, whole and streamed, and goes on with its result', async () => {
    const asked = { ...question, max_tokens: 40, messages: weather, tools };
    const forced = { ...asked, tool_choice: getWeather };
    const { content, stop_reason: reason } = await client.messages.create(forced);
    const [call] = content;
    if (call?.type !== 'tool_use') throw new Error('No tool was called');
    expect(content).toHaveLength(1);
    expect(reason).toBe('tool_use');
    expect(Weather.parse(call.input)).toBeDefined();
    const streamed = await client.messages.stream(forced).finalMessage();
    expect(streamed.content).toMatchObject([{ type: 'tool_use', input: call.input }]);
    const result = { type: 'tool_result' as const, tool_use_id: call.id, content: 'Snow, -3' };
    const reply = await client.messages.create({
      ...asked,
      max_tokens: 3,
      messages: [...weather, { role: 'assistant', content }, { role: 'user', content: [result] }],
    });
    expect(reply.role).toBe('assistant');
  });

  it('parses a typed answer', async () => {
    const format = zodOutputFormat(Answer);
    const { parsed_output: parsed } = await client.messages.parse({
      ...question,
      max_tokens: 60,
      messages,
      output_config: { format },
    });
    expect(Answer.parse(parsed)).toEqual(parsed);
  });

  it('parses a typed answer with tools in the same request, also after a call', async () => {
    const asked = {
      ...question,
      max_tokens: 60,
      tools,
      output_config: { format: zodOutputFormat(Answer) },
    };
    const called = await client.messages.parse({
      ...asked,
      messages: weather,
      tool_choice: getWeather,
    });
    const [call] = called.content;
    if (call?.type !== 'tool_use') throw new Error('No tool was called');
    const result = { type: 'tool_result' as const, tool_use_id: call.id, content: 'Snow, -3' };
    const { parsed_output: parsed } = await client.messages.parse({
      ...asked,
      tool_choice: { type: 'none' },
      messages: [
        ...weather,
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: call.id, name: call.name, input: call.input }],
        },
        { role: 'user', content: [result] },
      ],
    });
    expect(Answer.parse(parsed)).toEqual(parsed);
  });

  it('runs tools by its runner, without the threads that it asks for first', async () => {
    const run = vi.fn(() => 'Snow, -3');
    const runner = client.beta.messages.toolRunner({
      ...question,
      max_tokens: 40,
      messages: weather,
      max_iterations: 2,
      tool_choice: getWeather,
      tools: [betaZodTool({ name: 'get_weather', description: '', inputSchema: Weather, run })],
    });
    const last = await runner.runUntilDone();
    expect(last.content).toMatchObject([{ type: 'tool_use', name: 'get_weather' }]);
    expect(run).toHaveBeenCalled();
  });

  it('lists the models', async () => {
    const page = await client.models.list();
    expect(page.data).toMatchObject([{ type: 'model', id: model, max_input_tokens: 8192 }]);
    expect(page.hasNextPage()).toBe(false);
    expect(await client.models.retrieve(model)).toMatchObject({ type: 'model', id: model });
  });

  it('gets its own error classes, with the request’s name and a code', async () => {
    const wrong = client.messages.create({ ...question, temperature: 9, messages } as never);
    await expect(wrong).rejects.toBeInstanceOf(BadRequestError);
    await expect(wrong).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      errorCode: 'invalid_parameter',
      requestID: expect.stringMatching(/^req_/),
    });
    const unknown = client.messages.create({ ...question, model: 'nope', messages });
    await expect(unknown).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.beta.files.list()).rejects.toMatchObject({ type: 'not_found_error' });
  });

  it('is told that a prompt is too long in words that programs look for', async () => {
    const long = [{ role: 'user' as const, content: 'word '.repeat(9000) }];
    await expect(client.messages.create({ ...question, messages: long })).rejects.toMatchObject({
      errorCode: 'context_length_exceeded',
      message: expect.stringMatching(/prompt is too long: \d+ tokens > 8192 maximum/),
    });
  });

  it('takes its work along when it aborts', async () => {
    const stream = client.messages.stream({ ...question, max_tokens: 2000, messages });
    stream.on('text', () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIUserAbortError);
    await untilIdle();
  });
});
