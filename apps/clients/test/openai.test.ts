import OpenAI, { APIUserAbortError, BadRequestError, NotFoundError } from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { describe, expect, it } from 'vitest';
import { apiKey, baseURL, model, untilIdle } from './support/server.ts';
import { Answer, Weather, weatherTool } from './support/tasks.ts';

const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const question = { model, temperature: 0, max_tokens: 20 };
const messages = [{ role: 'user' as const, content: 'What is the capital of France?' }];
const weather = [{ role: 'user' as const, content: 'What is the weather in Oslo?' }];

describe('openai', () => {
  it('chats, and replays its answers as it dumps them', async () => {
    const first = await client.chat.completions.create({ ...question, messages });
    const answer = first.choices[0]?.message;
    expect(answer?.content).toContain('Paris');
    const history = [...messages, { ...answer, tool_calls: null, name: null, audio: null }];
    const second = await client.chat.completions.create({
      ...question,
      messages: [...history, { role: 'user', content: 'And of Italy?' }] as never,
    });
    expect(second.choices[0]?.message.content).toContain('Rome');
  });

  it('streams with usage', async () => {
    const stream = client.chat.completions.stream({
      ...question,
      messages,
      stream_options: { include_usage: true },
    });
    const { choices, usage } = await stream.finalChatCompletion();
    expect(choices[0]?.message.content).toContain('Paris');
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  });

  it('offers, forces and streams tools', async () => {
    const request = {
      model,
      messages: weather,
      tools: [weatherTool],
      temperature: 0,
      max_tokens: 40,
    };
    const auto = await client.chat.completions.create({ ...request, max_tokens: 5 });
    expect(auto.choices[0]?.finish_reason).toMatch(/stop|length|tool_calls/);
    const choice = { type: 'function' as const, function: { name: 'get_weather' } };
    const forced = { ...request, tool_choice: choice };
    const { choices } = await client.chat.completions.create(forced);
    const [call] = choices[0]?.message.tool_calls ?? [];
    expect(choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
    const streamed = await client.chat.completions.stream(forced).finalMessage();
    const [same] = streamed.tool_calls ?? [];
    expect(same).toMatchObject(call && 'function' in call ? { function: call.function } : {});
    const result = { role: 'tool' as const, tool_call_id: call?.id ?? '', content: 'Snow, -3' };
    const reply = await client.chat.completions.create({
      ...request,
      max_tokens: 3,
      messages: [...weather, choices[0]?.message ?? weather[0], result] as never,
    });
    expect(reply.choices[0]?.message.role).toBe('assistant');
  });

  it('parses typed answers and typed arguments', async () => {
    const typed = await client.chat.completions.parse({
      model,
      messages,
      temperature: 0,
      max_tokens: 80,
      response_format: zodResponseFormat(Answer, 'answer'),
    });
    expect(Answer.parse(typed.choices[0]?.message.parsed)).toBeDefined();
    const called = await client.chat.completions.parse({
      model,
      messages: weather,
      temperature: 0,
      max_tokens: 80,
      tools: [zodFunction({ name: 'get_weather', parameters: Weather })],
      tool_choice: 'required',
      parallel_tool_calls: false,
    });
    const [call] = called.choices[0]?.message.tool_calls ?? [];
    if (call?.type !== 'function') throw new Error('No call of a function');
    expect(Weather.parse(call.function.parsed_arguments)).toBeDefined();
  });

  it('may call a tool first, and gets a typed answer behind its result', async () => {
    const request = {
      model,
      temperature: 0,
      max_tokens: 80,
      parallel_tool_calls: false,
      tools: [zodFunction({ name: 'get_weather', parameters: Weather })],
      response_format: zodResponseFormat(Answer, 'answer'),
    };
    const first = await client.chat.completions.parse({ ...request, messages: weather });
    const [choice] = first.choices;
    const [call] = choice?.message.tool_calls ?? [];
    const typed = choice?.message.parsed;
    expect(call === undefined ? Answer.safeParse(typed).success : call.type === 'function').toBe(
      true,
    );
    const result = { role: 'tool' as const, tool_call_id: 'c1', content: 'Oslo: snow' };
    const made = {
      role: 'assistant' as const,
      tool_calls: [
        {
          id: 'c1',
          type: 'function' as const,
          function: { name: 'get_weather', arguments: '{"city":"Oslo"}' },
        },
      ],
    };
    const second = await client.chat.completions.parse({
      ...request,
      tool_choice: 'none',
      messages: [...weather, made, result],
    });
    expect(Answer.parse(second.choices[0]?.message.parsed)).toBeDefined();
  });

  it('sends its newest fields without harm', async () => {
    const { response, data } = await client.chat.completions
      .create({
        ...question,
        messages,
        store: true,
        metadata: { a: 'b' },
        prompt_cache_key: 'k',
        safety_identifier: 's',
        service_tier: 'flex',
        verbosity: 'low',
        reasoning_effort: 'low',
      })
      .withResponse();
    expect(data.choices[0]?.message.content).toContain('Paris');
    expect(response.headers.get('mlx-ignored')?.split(', ').toSorted()).toEqual([
      'metadata',
      'prompt_cache_key',
      'reasoning_effort',
      'safety_identifier',
      'service_tier',
      'store',
      'verbosity',
    ]);
  });

  it('gets its own error classes', async () => {
    const wrong = client.chat.completions.create({ ...question, messages, temperature: 9 });
    await expect(wrong).rejects.toBeInstanceOf(BadRequestError);
    await expect(wrong).rejects.toMatchObject({ param: 'temperature', code: 'invalid_parameter' });
    const unknown = client.chat.completions.create({ ...question, messages, model: 'gpt-4o' });
    await expect(unknown).rejects.toBeInstanceOf(NotFoundError);
  });

  it('takes its work along when it aborts or leaves a loop', async () => {
    const story = {
      model,
      max_tokens: 2000,
      messages: [{ role: 'user' as const, content: 'Tell me a long story.' }],
    };
    const stream = client.chat.completions.stream(story);
    stream.on('content', () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(APIUserAbortError);
    await untilIdle();
    for await (const _ of await client.chat.completions.create({ ...story, stream: true })) break;
    await untilIdle();
  });

  it('lists models, completes text and embeds', async () => {
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toEqual([model]);
    expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model' });
    const text = await client.completions.create({
      ...question,
      prompt: 'The capital of France is',
    });
    expect(text.choices[0]?.text).toContain('Paris');
    const { data } = await client.embeddings.create({ model, input: ['a', 'b'] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([576, 576]);
  });
});
