import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, Output, generateText, isStepCount, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { apiKey, baseURL, model, untilIdle } from './support/server.ts';
import { Answer, Weather } from './support/tasks.ts';

const openai = createOpenAI({ baseURL, apiKey });
const question = { model: openai(model), temperature: 0, maxOutputTokens: 20, maxRetries: 0 };
const prompt = 'What is the capital of France?';
const getWeather = tool({
  description: 'The weather in a city',
  inputSchema: Weather,
  execute: async () => 'Snow, -3',
});

describe('@ai-sdk/openai, whose default is responses', () => {
  it('answers, and goes on from what it remembers of the answer', async () => {
    const first = await generateText({ ...question, prompt });
    expect(first.text).toContain('Paris');
    expect(first.usage.outputTokens).toBeGreaterThan(3);
    const second = await generateText({
      ...question,
      messages: [
        { role: 'user', content: prompt },
        // Which it sends as a reference to the item.
        ...first.response.messages,
        { role: 'user', content: 'And of Italy?' },
      ],
    });
    expect(second.text).toContain('Rome');
  });

  it('streams with usage', async () => {
    const result = streamText({ ...question, prompt });
    let text = '';
    for await (const delta of result.textStream) text += delta;
    expect(text).toContain('Paris');
    expect((await result.usage).inputTokens).toBeGreaterThan(10);
    expect(await result.finishReason).toBe('stop');
  });

  it.each(['whole', 'streamed'])('runs a tool and a second step, %s', async (way) => {
    const asked = {
      ...question,
      prompt: 'What is the weather in Oslo?',
      maxOutputTokens: 40,
      tools: { get_weather: getWeather },
      toolChoice: { type: 'tool' as const, toolName: 'get_weather' as const },
      stopWhen: isStepCount(2),
    };
    const steps =
      way === 'whole' ? (await generateText(asked)).steps : await streamText(asked).steps;
    expect(steps).toHaveLength(2);
    expect(steps[0]?.finishReason).toBe('tool-calls');
    expect(steps[0]?.toolResults[0]).toMatchObject({ toolName: 'get_weather', output: 'Snow, -3' });
  });

  it('gets a typed answer', async () => {
    const { output } = await generateText({
      ...question,
      prompt,
      maxOutputTokens: 40,
      output: Output.object({ schema: Answer }),
    });
    expect(Answer.parse(output)).toEqual(output);
  });

  it('is told what was wrong', async () => {
    const wrong = generateText({ ...question, prompt, temperature: 9 });
    await expect(wrong).rejects.toBeInstanceOf(APICallError);
    await expect(wrong).rejects.toMatchObject({ statusCode: 400 });
  });

  it('takes its work along when it is aborted', async () => {
    const abort = new AbortController();
    const result = streamText({
      ...question,
      prompt: 'Tell me a very long story.',
      maxOutputTokens: 2000,
      abortSignal: abort.signal,
    });
    for await (const part of result.fullStream) if (part.type === 'text-delta') abort.abort();
    await untilIdle();
  });
});
