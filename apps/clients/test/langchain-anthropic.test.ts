import { ChatAnthropic } from '@langchain/anthropic';
import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { describe, expect, it } from 'vitest';
import { apiKey, model, serverURL, untilIdle } from './support/server.ts';
import { Answer, Weather } from './support/tasks.ts';

const options = {
  model,
  apiKey,
  anthropicApiUrl: serverURL,
  temperature: 0,
  maxTokens: 40,
  maxRetries: 0,
};
const chat = new ChatAnthropic(options);
const question = 'What is the capital of France?';
const getWeather = tool(() => 'Snow, -3', {
  name: 'get_weather',
  description: 'The weather in a city',
  schema: Weather,
});

describe('@langchain/anthropic', () => {
  it('chats and streams with the same usage', async () => {
    const whole = await chat.invoke(question);
    expect(whole.text).toContain('Paris');
    let streamed;
    for await (const chunk of await chat.stream(question)) {
      streamed = streamed === undefined ? chunk : streamed.concat(chunk);
    }
    expect(streamed?.text).toBe(whole.text);
    const { input_tokens: input, output_tokens: output } = streamed?.usage_metadata ?? {};
    expect(input).toBeGreaterThan(30);
    expect(whole.usage_metadata).toMatchObject({ input_tokens: input, output_tokens: output });
  });

  it('calls a tool, and replays the call with its result', async () => {
    const asked = new HumanMessage('What is the weather in Oslo?');
    const forced = chat.bindTools([getWeather], { tool_choice: 'get_weather' });
    const called = await forced.invoke([asked]);
    const [call] = called.tool_calls ?? [];
    expect(call).toMatchObject({ name: 'get_weather' });
    const result = new ToolMessage({ content: 'Snow, -3', tool_call_id: call?.id ?? '' });
    const short = new ChatAnthropic({ ...options, maxTokens: 3 });
    const reply = await short.invoke([asked, called, result], { tools: [getWeather] });
    expect(reply).toBeInstanceOf(AIMessage);
  });

  it.each(['jsonSchema', 'functionCalling'] as const)(
    'gets a typed answer by %s',
    async (method) => {
      const typed = chat.withStructuredOutput(Answer, { method });
      expect(Answer.parse(await typed.invoke(question))).toBeDefined();
    },
  );

  it('knows a prompt that is too long', async () => {
    await expect(chat.invoke('word '.repeat(9000))).rejects.toMatchObject({
      name: 'ContextOverflowError',
    });
  });

  it('takes its work along when it leaves a stream', async () => {
    const long = new ChatAnthropic({ ...options, maxTokens: 2000 });
    for await (const _ of await long.stream('Tell me a long story.')) break;
    await untilIdle();
  });
});
