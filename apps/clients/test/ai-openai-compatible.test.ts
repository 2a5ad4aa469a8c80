import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, Output, embed, generateText, isStepCount, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { apiKey, baseURL, model, untilIdle } from './support/server.ts';
import { Answer, Weather } from './support/tasks.ts';

const compatible = createOpenAICompatible({
  name: 'mlx',
  baseURL,
  apiKey,
  includeUsage: true,
  supportsStructuredOutputs: true,
});
const prompt = 'What is the capital of France?';
const limits = { temperature: 0, maxOutputTokens: 40, maxRetries: 0 };
const tools = {
  get_weather: tool({
    description: 'The weather in a city',
    inputSchema: Weather,
    execute: () => 'Snow, -3',
  }),
};

describe.each([
  ['@ai-sdk/openai-compatible', compatible(model)],
  ['@ai-sdk/openai, chat', createOpenAI({ baseURL, apiKey }).chat(model)],
])('ai with %s', (_name, languageModel) => {
  const question = { model: languageModel, prompt, ...limits };

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
    const { toolCalls, toolResults, response } = await generateText(forced);
    expect(toolCalls[0]).toMatchObject({ toolName: 'get_weather' });
    expect(toolResults[0]).toMatchObject({ output: 'Snow, -3' });
    const streamed = streamText(forced);
    expect((await streamed.toolCalls)[0]?.input).toEqual(toolCalls[0]?.input);
    const { finishReason } = await generateText({
      ...limits,
      maxOutputTokens: 4,
      model: languageModel,
      messages: [{ role: 'user', content: forced.prompt }, ...response.messages],
      tools,
    });
    expect(finishReason).toMatch(/stop|length/);
  });

  it('gets a typed answer', async () => {
    const { output } = await generateText({
      ...question,
      output: Output.object({ schema: Answer }),
    });
    expect(Answer.parse(output)).toEqual(output);
  });

  it('is told what was wrong, with the server’s words', async () => {
    const failed = generateText({ ...question, temperature: 9 });
    await expect(failed).rejects.toBeInstanceOf(APICallError);
    await expect(failed).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('temperature'),
    });
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

it('@ai-sdk/openai-compatible embeds', async () => {
  const { embedding } = await embed({ model: compatible.embeddingModel(model), value: 'a cat' });
  expect(embedding).toHaveLength(576);
});
