import { OllamaChatResponseSchema, OllamaGenerateResponseSchema } from '@mlx/schemas/ollama';
import { describe, expect, it } from 'vitest';
import { linesOf, setUpOllama } from '../support/ollama-client.js';
import { call, ended } from '../support/response-client.js';
import { MODEL } from '../support/scripted-engine.js';

const messages = [{ role: 'user', content: 'Hi' }];
const counts = {
  total_duration: 200_000_000,
  load_duration: 0,
  prompt_eval_count: 5,
  prompt_eval_duration: 100_000_000,
  eval_count: 2,
  eval_duration: 100_000_000,
};

function toolCall(id: string, city: string) {
  return { id, name: 'get_weather', arguments: JSON.stringify({ city }) };
}

describe('POST /api/chat', () => {
  it('streams lines by default, the last with the counts in nanoseconds', async () => {
    const { ask } = setUpOllama();
    const response = await ask('/api/chat', { messages });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await linesOf(response)).map((line) => OllamaChatResponseSchema.parse(line));
    expect(lines).toMatchObject([
      { model: MODEL, message: { role: 'assistant', content: 'Hello' }, done: false },
      { model: MODEL, message: { role: 'assistant', content: ' world' }, done: false },
      { message: { content: '' }, done: true, done_reason: 'stop', ...counts },
    ]);
    for (const line of lines) expect(Date.parse(line.created_at)).not.toBeNaN();
  });

  it('answers in one object when asked to', async () => {
    const { ask } = setUpOllama([
      { type: 'reasoning', text: 'Hm.' },
      { type: 'token', token: 'Hel' },
      { type: 'token', token: 'lo' },
      ended('length'),
    ]);
    const body = await (await ask('/api/chat', { messages, stream: false })).json();
    expect(OllamaChatResponseSchema.parse(body)).toMatchObject({
      message: { content: 'Hello', thinking: 'Hm.' },
      done: true,
      done_reason: 'length',
      ...counts,
    });
  });

  it('tells calls one by one, each when it is whole, and none that was cut', async () => {
    const chunks = [
      { type: 'token' as const, token: 'I look.' },
      ...call(0, 'call_a', 'get_weather', '{"city":', '"Paris"}'),
      ...call(1, 'call_b', 'get_time'),
      ...call(2, 'call_c', 'get_weather', '{"city":"Ro'),
      ended('length'),
    ];
    const { ask } = setUpOllama(chunks);
    const asked = { messages, tools: [{ type: 'function', function: { name: 'get_weather' } }] };
    const paris = {
      id: 'call_a',
      function: { index: 0, name: 'get_weather', arguments: { city: 'Paris' } },
    };
    const time = { id: 'call_b', function: { index: 1, name: 'get_time', arguments: {} } };
    expect(await linesOf(await ask('/api/chat', asked))).toMatchObject([
      { message: { content: 'I look.' } },
      { message: { content: '', tool_calls: [paris] } },
      { message: { content: '', tool_calls: [time] } },
      { done: true, done_reason: 'length' },
    ]);
    const body = await (await ask('/api/chat', { ...asked, stream: false })).json();
    expect(body).toMatchObject({ message: { content: 'I look.', tool_calls: [paris, time] } });
  });

  it('reads the turns of a conversation with tools', async () => {
    const { engine, ask } = setUpOllama();
    const calls = ['Paris', 'Rome'].map((city) => ({
      function: { name: 'get_weather', arguments: { city } },
    }));
    await ask('/api/chat', {
      messages: [
        { role: 'system', content: 'Be brief.' },
        ...messages,
        { role: 'assistant', content: '', thinking: 'Two.', tool_calls: calls },
        { role: 'tool', content: 'fine', tool_name: 'get_weather' },
        { role: 'tool', content: 'rain', tool_name: 'get_weather' },
      ],
    });
    expect(engine.calls[0]?.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: null,
        reasoning: 'Two.',
        toolCalls: [toolCall('call_1', 'Paris'), toolCall('call_2', 'Rome')],
      },
      { role: 'tool', content: 'fine', toolCallId: 'call_1', name: 'get_weather' },
      { role: 'tool', content: 'rain', toolCallId: 'call_2', name: 'get_weather' },
    ]);
  });

  it('without messages says that the model is loaded', async () => {
    const { engine, ask } = setUpOllama();
    expect(await (await ask('/api/chat', { keep_alive: '5m' })).json()).toMatchObject({
      message: { content: '' },
      done: true,
      done_reason: 'load',
    });
    expect(engine.calls).toEqual([]);
  });

  it('reports log-probabilities', async () => {
    const top = [{ token: 7, text: 'é', logprob: -0.5 }];
    const logprobs = [{ token: 7, text: 'é', logprob: -0.5, top }];
    const { engine, ask } = setUpOllama([{ type: 'token', token: 'é', logprobs }, ended('stop')]);
    const asked = { messages, logprobs: true, top_logprobs: 1 };
    const entry = { token: 'é', logprob: -0.5, bytes: [195, 169] };
    const told = [{ ...entry, top_logprobs: [entry] }];
    expect(await linesOf(await ask('/api/chat', asked))).toMatchObject([{ logprobs: told }, {}]);
    expect(await (await ask('/api/chat', { ...asked, stream: false })).json()).toMatchObject({
      logprobs: told,
    });
    expect(engine.calls[0]).toMatchObject({ logprobs: true, topLogprobs: 1 });
  });
});

describe('POST /api/generate', () => {
  it('answers a prompt as one turn after the system’s', async () => {
    const { engine, ask } = setUpOllama();
    const response = await ask('/api/generate', { prompt: 'Hi', system: 'Be brief.' });
    const lines = (await linesOf(response)).map((line) => OllamaGenerateResponseSchema.parse(line));
    expect(lines.map((line) => line.response)).toEqual(['Hello', ' world', '']);
    expect(lines.at(-1)).toMatchObject({ done: true, done_reason: 'stop', ...counts });
    expect(engine.calls[0]?.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]);
  });

  it('takes a raw prompt as it is', async () => {
    const { engine, ask } = setUpOllama();
    await ask('/api/generate', { prompt: '<s>Hi', raw: true, stream: false });
    expect(engine.calls[0]).toMatchObject({ prompt: '<s>Hi' });
    expect(engine.calls[0]).not.toHaveProperty('messages');
  });

  it('without a prompt says that the model is loaded', async () => {
    const { ask } = setUpOllama();
    const body = await (await ask('/api/generate', {})).json();
    expect(body).toMatchObject({ response: '', done: true, done_reason: 'load' });
  });
});
