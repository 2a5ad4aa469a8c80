import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  run,
  setTracingDisabled,
  tool,
  user,
} from '@openai/agents';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { apiKey, baseURL, model } from './support/server.ts';
import { Answer, Weather } from './support/tasks.ts';

setTracingDisabled(true);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const overChat = new OpenAIChatCompletionsModel(client, model);
const overResponses = new OpenAIResponsesModel(client, model);
const modelSettings = { temperature: 0, maxTokens: 40 };
const getWeather = tool({
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: Weather,
  execute: () => 'Snow, -3',
});

describe.each([
  ['chat completions', overChat],
  ['responses, its default', overResponses],
])('@openai/agents over %s', (_api, spoken) => {
  it('answers, whole and streamed, over several turns, with usage', async () => {
    const agent = new Agent({ name: 'helper', model: spoken, modelSettings });
    const whole = await run(agent, 'What is the capital of France?');
    expect(whole.finalOutput).toContain('Paris');
    expect(whole.state.usage.outputTokens).toBeGreaterThan(3);
    const streamed = await run(agent, 'What is the capital of France?', { stream: true });
    await streamed.completed;
    expect(streamed.finalOutput).toBe(whole.finalOutput);
    const next = [...whole.history, user('And of Italy?')];
    expect((await run(agent, next)).finalOutput).toContain('Rome');
  });

  it('calls a tool and goes on with its result', async () => {
    const agent = new Agent({
      name: 'helper',
      model: spoken,
      tools: [getWeather],
      modelSettings: { ...modelSettings, toolChoice: 'required', parallelToolCalls: false },
    });
    const { newItems, finalOutput } = await run(agent, 'What is the weather in Oslo?');
    const kinds = newItems.map(({ type }) => type);
    expect(kinds.slice(0, 2)).toEqual(['tool_call_item', 'tool_call_output_item']);
    expect(typeof finalOutput).toBe('string');
  });

  it('gets a typed answer', async () => {
    const agent = new Agent({ name: 'helper', model: spoken, modelSettings, outputType: Answer });
    const { finalOutput } = await run(agent, 'What is the capital of France?');
    expect(Answer.parse(finalOutput)).toEqual(finalOutput);
  });

  it('calls a tool and gives a typed answer with tools at hand', async () => {
    const shared = { name: 'helper', model: spoken, tools: [getWeather], outputType: Answer };
    const toolUse = { toolChoice: 'required', parallelToolCalls: false };
    const caller = new Agent({
      ...shared,
      modelSettings: { ...modelSettings, ...toolUse },
      toolUseBehavior: 'stop_on_first_tool',
    });
    const { newItems, history } = await run(caller, 'What is the weather in Oslo?');
    expect(newItems.map(({ type }) => type)).toContain('tool_call_output_item');
    const teller = new Agent({
      ...shared,
      modelSettings: { ...modelSettings, toolChoice: 'none' },
    });
    const { finalOutput } = await run(teller, history);
    expect(Answer.parse(finalOutput)).toEqual(finalOutput);
  });

  it('is told what was wrong', async () => {
    const agent = new Agent({ name: 'helper', model: spoken, modelSettings: { temperature: 9 } });
    await expect(run(agent, 'Hi')).rejects.toMatchObject({ status: 400, param: 'temperature' });
  });
});

describe('@openai/agents over responses alone', () => {
  it('hands over to another agent', async () => {
    const expert = new Agent({ name: 'expert', model: overResponses, modelSettings });
    const agent = new Agent({
      name: 'helper',
      model: overResponses,
      handoffs: [expert],
      modelSettings: { ...modelSettings, toolChoice: 'required', parallelToolCalls: false },
    });
    const { lastAgent, newItems } = await run(agent, 'What is the capital of France?');
    expect(lastAgent?.name).toBe('expert');
    expect(newItems.map(({ type }) => type)).toContain('handoff_output_item');
  });

  it('goes on from a response that is stored', async () => {
    const settings = { ...modelSettings, store: true };
    const agent = new Agent({ name: 'helper', model: overResponses, modelSettings: settings });
    const first = await run(agent, 'What is the capital of France?');
    const second = await run(agent, 'And of Italy?', {
      previousResponseId: first.lastResponseId ?? '',
    });
    expect(second.finalOutput).toContain('Rome');
  });
});
