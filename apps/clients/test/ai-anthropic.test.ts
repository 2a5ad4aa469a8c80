import { createAnthropic } from '@ai-sdk/anthropic';
import { APICallError, Output, generateText, isStepCount, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { apiKey, baseURL, model, untilIdle } from './support/server.ts';
import { Answer, Weather } from './support/tasks.ts';

const languageModel = createAnthropic({ baseURL, apiKey })(model);
const question = {
  model: languageModel,
  prompt: 'What is the capital of France?',
  temperature: 0,
  maxOutputTokens: 40,
  maxRetries: 0,
};
const tools = {
  get_weather: tool({
    description: 'The weather in a city',
    inputSchema: Weather,
    execute: () => 'Snow, -3',
  }),
};

describe('ai with @ai-sdk/anthropic', () => {
  it('chats and streams with usage', async () => {
    const { text, usage } = await generateText(question);
    expect(text).toContain('Paris');
    const stream = streamText(question);
    expect(await stream.text).toBe(text);
    expect(await stream.usage).toMatchObject({
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
    });
  });

  it('calls a tool, whole and streamed, and goes on with its result', async () => {
    const forced = {
      ...question,
      prompt: 'What is the weather in Oslo?',
      tools,
      toolChoice: { type: 'tool', toolName: 'get_weather' } as const,
      stopWhen: isStepCount(1),
    };
    const { toolCalls, response } = await generateText(forced);
    expect(toolCalls).toMatchObject([{ toolName: 'get_weather' }]);
    const streamed = streamText(forced);
    expect((await streamed.toolCalls)[0]?.input).toEqual(toolCalls[0]?.input);
    const { finishReason } = await generateText({
      ...question,
      prompt: [{ role: 'user', content: forced.prompt }, ...response.messages],
      maxOutputTokens: 4,
      tools,
    });
    expect(finishReason).toMatch(/stop|length/);
  });

  it('gets a typed answer', async () => {
    const asked = { ...question, output: Output.object({ schema: Answer }) };
    const { output } = await generateText(asked);
    expect(Answer.parse(output)).toEqual(output);
  });

  it('is told what was wrong, with the server’s words', async () => {
    const failed = generateText({ ...question, model: createAnthropic({ baseURL, apiKey })('no') });
    await expect(failed).rejects.toBeInstanceOf(APICallError);
    await expect(failed).rejects.toMatchObject({ statusCode: 404, message: /not served here/ });
  });

  it('takes its work along when it aborts', async () => {
    const abort = new AbortController();
    const { textStream } = streamText({
      ...question,
      prompt: 'Tell me a long story.',
      maxOutputTokens: 2000,
      abortSignal: abort.signal,
    });
    for await (const _ of textStream) abort.abort();
    await untilIdle();
  });
});
