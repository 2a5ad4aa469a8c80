import { ChatAnthropic } from '@langchain/anthropic';
import { ContextOverflowError } from '@langchain/core/errors';
import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { apiKey, baseURL, model, serverURL, untilIdle } from './support/server.ts';
import { Answer, Weather } from './support/tasks.ts';

const shared = { model, apiKey, temperature: 0, maxRetries: 0 };
const overOpenAI = (maxTokens = 40) =>
  new ChatOpenAI({ ...shared, maxTokens, configuration: { baseURL } });
const overAnthropic = (maxTokens = 40) =>
  new ChatAnthropic({ ...shared, maxTokens, anthropicApiUrl: serverURL });

const question = 'What is the capital of France?';
const asked = new HumanMessage('What is the weather in Oslo?');
const getWeather = tool(() => 'Snow, -3', {
  name: 'get_weather',
  description: 'The weather in a city',
  schema: Weather,
});

describe.each([
  ['openai', overOpenAI],
  ['anthropic', overAnthropic],
])('@langchain/%s', (_api, chat) => {
  it('chats and streams with the same usage', async () => {
    const whole = await chat().invoke(question);
    expect(whole.text).toContain('Paris');
    let streamed;
    for await (const chunk of await chat().stream(question)) {
      streamed = streamed === undefined ? chunk : streamed.concat(chunk);
    }
    expect(streamed?.text).toBe(whole.text);
    const { input_tokens: input, output_tokens: output } = streamed?.usage_metadata ?? {};
    expect(input).toBeGreaterThan(30);
    expect(whole.usage_metadata).toMatchObject({ input_tokens: input, output_tokens: output });
  });

  it('calls a tool, and replays the call with its result', async () => {
    const forced = chat().bindTools([getWeather], { tool_choice: 'get_weather' });
    const called = await forced.invoke([asked]);
    const [call] = called.tool_calls ?? [];
    expect(call).toMatchObject({ name: 'get_weather' });
    const result = new ToolMessage({ content: 'Snow, -3', tool_call_id: call?.id ?? '' });
    const reply = await chat(3).invoke([asked, called, result], { tools: [getWeather] });
    expect(reply).toBeInstanceOf(AIMessage);
  });

  it.each(['jsonSchema', 'functionCalling'] as const)(
    'gets a typed answer by %s',
    async (method) => {
      const typed = chat().withStructuredOutput(Answer, { method });
      expect(Answer.parse(await typed.invoke(question))).toBeDefined();
    },
  );

  it('gets a typed answer with tools in the same request', async () => {
    const schema = z.toJSONSchema(Answer);
    const answered = await chat().invoke([new HumanMessage(question)], {
      tools: [getWeather],
      tool_choice: 'none',
      // How each of the two asks for it.
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
      outputConfig: { format: { type: 'json_schema', schema } },
    });
    expect(Answer.parse(JSON.parse(answered.text))).toBeDefined();
  });

  it('knows a prompt that is too long', async () => {
    const overflow = chat().invoke('word '.repeat(9000));
    await expect(overflow).rejects.toSatisfy(ContextOverflowError.isInstance);
  });

  it('takes its work along when it leaves a stream', async () => {
    for await (const _ of await chat(2000).stream('Tell me a long story.')) break;
    await untilIdle();
  });
});

describe('@langchain/openai alone', () => {
  it('streams a call as it gets it whole', async () => {
    const forced = overOpenAI().bindTools([getWeather], { tool_choice: 'get_weather' });
    const called = await forced.invoke([asked]);
    let streamed;
    for await (const chunk of await forced.stream([asked])) {
      streamed = streamed === undefined ? chunk : streamed.concat(chunk);
    }
    expect(streamed?.tool_calls?.[0]?.args).toEqual(called.tool_calls?.[0]?.args);
  });

  it('is told what was wrong', async () => {
    const wrong = new ChatOpenAI({ ...shared, temperature: 9, configuration: { baseURL } });
    await expect(wrong.invoke(question)).rejects.toMatchObject({
      status: 400,
      param: 'temperature',
    });
  });

  it('embeds', async () => {
    const embeddings = new OpenAIEmbeddings({ model, apiKey, configuration: { baseURL } });
    expect(await embeddings.embedQuery('a cat')).toHaveLength(576);
  });
});
