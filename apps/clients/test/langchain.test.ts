import { ContextOverflowError } from '@langchain/core/errors';
import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { describe, expect, it } from 'vitest';
import { apiKey, baseURL, model, untilIdle } from './support/server.ts';
import { Answer, Weather } from './support/tasks.ts';

const chat = new ChatOpenAI({
  model,
  apiKey,
  temperature: 0,
  maxTokens: 40,
  maxRetries: 0,
  configuration: { baseURL },
});
const question = 'What is the capital of France?';
const getWeather = tool(() => 'Snow, -3', {
  name: 'get_weather',
  description: 'The weather in a city',
  schema: Weather,
});

describe('@langchain/openai', () => {
  it('chats and streams with usage', async () => {
    const whole = await chat.invoke(question);
    expect(whole.text).toContain('Paris');
    let streamed;
    for await (const chunk of await chat.stream(question)) {
      streamed = streamed === undefined ? chunk : streamed.concat(chunk);
    }
    expect(streamed?.text).toBe(whole.text);
    expect(streamed?.usage_metadata?.output_tokens).toBe(whole.usage_metadata?.output_tokens);
  });

  it('calls a tool, whole and streamed, and replays the call with its result', async () => {
    const asked = new HumanMessage('What is the weather in Oslo?');
    const forced = chat.bindTools([getWeather], { tool_choice: 'get_weather' });
    const called = await forced.invoke([asked]);
    const [call] = called.tool_calls ?? [];
    expect(call).toMatchObject({ name: 'get_weather' });
    let streamed;
    for await (const chunk of await forced.stream([asked])) {
      streamed = streamed === undefined ? chunk : streamed.concat(chunk);
    }
    expect(streamed?.tool_calls?.[0]?.args).toEqual(call?.args);
    const result = new ToolMessage({ content: 'Snow, -3', tool_call_id: call?.id ?? '' });
    const short = new ChatOpenAI({ ...chat.lc_kwargs, maxTokens: 3 });
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

  it('is told what was wrong', async () => {
    const wrong = new ChatOpenAI({ ...chat.lc_kwargs, temperature: 9 });
    await expect(wrong.invoke(question)).rejects.toMatchObject({
      status: 400,
      param: 'temperature',
    });
  });

  it('knows a prompt that is too long', async () => {
    const overflow = chat.invoke('word '.repeat(9000));
    await expect(overflow).rejects.toSatisfy(ContextOverflowError.isInstance);
  });

  it('takes its work along when it leaves a stream', async () => {
    const long = new ChatOpenAI({ ...chat.lc_kwargs, maxTokens: 2000 });
    for await (const _ of await long.stream('Tell me a long story.')) break;
    await untilIdle();
  });

  it('embeds', async () => {
    const embeddings = new OpenAIEmbeddings({ model, apiKey, configuration: { baseURL } });
    expect(await embeddings.embedQuery('a cat')).toHaveLength(576);
  });
});
