import { Ollama } from 'ollama';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { model, serverURL, untilIdle } from './support/server.ts';
import { Answer, Weather, weatherTool } from './support/tasks.ts';

const ollama = new Ollama({ host: serverURL });
const messages = [{ role: 'user', content: 'What is the capital of France?' }];
const options = { temperature: 0, num_predict: 20 };

describe('ollama', () => {
  it('finds the model and what it can do', async () => {
    const { models } = await ollama.list();
    expect(models).toMatchObject([{ name: model, details: { parameter_size: '135M' } }]);
    expect(models[0]?.size).toBeGreaterThan(1e8);
    expect((await ollama.ps()).models.map(({ name }) => name)).toEqual([model]);
    const shown = await ollama.show({ model });
    expect(shown.capabilities).toEqual(expect.arrayContaining(['completion', 'tools']));
    expect(shown.model_info).toMatchObject({ 'llama.context_length': 8192 });
    expect((await ollama.version()).version).toMatch(/^\d/);
  });

  it('chats, whole and streamed, over several turns', async () => {
    const whole = await ollama.chat({ model, messages, options });
    expect(whole.message.content).toContain('Paris');
    expect(whole).toMatchObject({ done: true, done_reason: 'stop' });
    expect(whole.total_duration).toBeGreaterThan(whole.eval_duration);
    let text = '';
    let last;
    for await (const part of await ollama.chat({ model, messages, options, stream: true })) {
      text += part.message.content;
      last = part;
    }
    expect(text).toBe(whole.message.content);
    expect(last?.eval_count).toBe(whole.eval_count);
    const history = [...messages, whole.message, { role: 'user', content: 'And of Italy?' }];
    const next = await ollama.chat({ model, messages: history, options });
    expect(next.message.content).toContain('Rome');
  });

  it('generates, with the chat template and without', async () => {
    const asked = { model, options: { ...options, num_predict: 8 } };
    const answered = await ollama.generate({
      ...asked,
      prompt: 'What is the capital of France?',
      system: 'Be brief.',
    });
    expect(answered.response).toContain('Paris');
    const raw = await ollama.generate({ ...asked, prompt: 'The capital of France is', raw: true });
    expect(raw.response).toContain('Paris');
  });

  it('gets typed answers', async () => {
    const { message } = await ollama.chat({
      model,
      messages,
      format: z.toJSONSchema(Answer),
      options: { ...options, num_predict: 40 },
    });
    expect(Answer.safeParse(JSON.parse(message.content)).success).toBe(true);
  });

  it('offers tools and takes their results', async () => {
    const asked = { model, tools: [weatherTool], options: { ...options, num_predict: 5 } };
    const first = await ollama.chat({ ...asked, messages });
    expect(first.message.role).toBe('assistant');
    const call = { function: { name: 'get_weather', arguments: Weather.parse({ city: 'Oslo' }) } };
    const second = await ollama.chat({
      ...asked,
      messages: [
        { role: 'user', content: 'What is the weather in Oslo?' },
        { role: 'assistant', content: '', tool_calls: [call] },
        { role: 'tool', content: 'Snow, -3', tool_name: 'get_weather' },
      ],
    });
    expect(second.prompt_eval_count).toBeGreaterThan(first.prompt_eval_count);
  });

  it('embeds', async () => {
    const { embeddings } = await ollama.embed({ model, input: ['A cat.', 'A dog.'] });
    expect(embeddings.map(({ length }) => length)).toEqual([576, 576]);
    const { embedding } = await ollama.embeddings({ model, prompt: 'A cat.' });
    expect(embedding).toHaveLength(576);
  });

  it('is told what was wrong, in words', async () => {
    const unknown = ollama.chat({ model: 'other', messages });
    await expect(unknown).rejects.toMatchObject({
      status_code: 404,
      error: expect.stringContaining("'other' is not served"),
    });
    const wrong = ollama.chat({ model, messages, options: { temperature: 9 } });
    await expect(wrong).rejects.toMatchObject({
      status_code: 400,
      error: expect.stringContaining('options.temperature'),
    });
  });

  it('takes its work along when it is aborted', async () => {
    const story = [{ role: 'user', content: 'Tell me a very long story.' }];
    const stream = await ollama.chat({ model, messages: story, stream: true });
    await expect(async () => {
      for await (const _ of stream) stream.abort();
    }).rejects.toThrow('abort');
    await untilIdle();
  });
});
