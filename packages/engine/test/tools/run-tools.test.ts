import type { FakeRowPart } from '@mlx/bridge/testing';
import { describe, expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import type { ChatAnswer } from '../../src/index.js';
import { defineTool } from '../../src/index.js';
import { runTools } from '../../src/calls/run-tools.js';
import { rejection } from '../support/chunks.js';
import { loadedEngine } from '../support/fake-engine.js';

const add = defineTool({
  name: 'add',
  description: 'Adds two numbers',
  parameters: z.object({ a: z.number(), b: z.number().default(1) }),
  execute: ({ a, b }) => ({ sum: a + b }),
});
const shout = defineTool({
  name: 'shout',
  parameters: z.object({ text: z.string() }),
  execute: async ({ text }) => text.toUpperCase(),
});
const question = [{ role: 'user' as const, content: 'Well?' }];
const stats = { tokensGenerated: 1, tokensPerSecond: 1, timeToFirstToken: 0, totalTime: 1 };

type Params = Parameters<Parameters<typeof runTools>[0]['chat']>[0];

/** Answers with what is in the list, turn by turn; keeps what it was asked. */
function scriptedChat(...answers: Partial<ChatAnswer>[]) {
  const asked: Params[] = [];
  return {
    asked,
    chat: async (params: Params): Promise<ChatAnswer> => {
      asked.push(structuredClone(params));
      const answer = answers[asked.length - 1] ?? {};
      const finishReason = answer.toolCalls ? 'tool_calls' : 'stop';
      return { role: 'assistant', content: '', finishReason, stats, ...answer };
    },
  };
}

const call = (id: string, name: string, input: unknown) => ({
  id,
  name,
  arguments: JSON.stringify(input),
});

describe('defineTool', () => {
  test('shows the model a JSON Schema of what it may pass', () => {
    expect(add.definition).toEqual({
      name: 'add',
      description: 'Adds two numbers',
      parameters: {
        type: 'object',
        properties: { a: { type: 'number' }, b: { type: 'number', default: 1 } },
        required: ['a'],
        additionalProperties: false,
      },
    });
    const place = z.object({ city: z.string() });
    const { definition } = defineTool({
      name: 'go',
      parameters: z.looseObject({ place }),
      execute: () => 0,
    });
    expect(definition.parameters).toMatchObject({
      additionalProperties: {},
      properties: { place: { additionalProperties: false } },
    });
  });

  test('says which parameter JSON Schema has nothing for', () => {
    const parameters = z.object({ size: z.bigint() });
    expect(() => defineTool({ name: 'big', parameters, execute: () => 0 })).toThrow(
      "Validation error on field 'parameters'",
    );
  });

  test('refuses a name that models cannot call', () => {
    expect(() => defineTool({ ...add, name: 'no spaces', execute: () => 0 })).toThrow(
      "Validation error on field 'name'",
    );
  });
});

describe('runTools', () => {
  test('feeds results back until the model answers', async () => {
    const engine = scriptedChat(
      { toolCalls: [call('1', 'add', { a: 2 }), call('2', 'shout', { text: 'hi' })] },
      { content: 'Three. HI.', reasoning: 'Done.' },
    );
    const options = { model: 'm', messages: question, tools: [add, shout], temperature: 0 };
    const result = await runTools(engine, { ...options, toolChoice: 'required' });

    expect(result).toMatchObject({ text: 'Three. HI.', finishReason: 'stop', pendingCalls: [] });
    expect(result.steps.map(({ outcomes }) => outcomes)).toEqual([
      [
        { tool: 'add', id: '1', input: { a: 2, b: 1 }, result: { sum: 3 } },
        { tool: 'shout', id: '2', input: { text: 'hi' }, result: 'HI' },
      ],
      [],
    ]);
    expect(result.messages.slice(1)).toEqual([
      { role: 'assistant', content: '', toolCalls: expect.any(Array) },
      { role: 'tool', toolCallId: '1', name: 'add', content: '{"sum":3}' },
      { role: 'tool', toolCallId: '2', name: 'shout', content: 'HI' },
      { role: 'assistant', content: 'Three. HI.', reasoning: 'Done.' },
    ]);
    expect(engine.asked).toMatchObject([
      { toolChoice: 'required', temperature: 0, tools: [add.definition, shout.definition] },
      { toolChoice: 'auto', temperature: 0, messages: result.messages.slice(0, 4) },
    ]);
  });

  test('tells the model of unknown tools, wrong arguments and failures', async () => {
    const broken = defineTool({
      name: 'broken',
      parameters: z.object({}),
      execute: (): never => {
        throw new Error('no such file');
      },
    });
    const engine = scriptedChat(
      {
        toolCalls: [
          call('1', 'fly', {}),
          call('2', 'add', { a: 'two' }),
          { ...call('3', 'add', {}), arguments: '{' },
          call('4', 'broken', {}),
        ],
      },
      { content: 'Sorry.' },
    );
    const { messages } = await runTools(engine, {
      model: 'm',
      messages: question,
      tools: [add, broken],
    });

    const told = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
    expect(told).toEqual([
      expect.stringContaining("Error: Validation error on field 'tool'"),
      expect.stringContaining("Error: Validation error on field 'a'"),
      'Error: The arguments are not JSON',
      'Error: no such file',
    ]);
  });

  test('stops at the step limit and says which calls are left', async () => {
    const again = { toolCalls: [call('x', 'add', { a: 1 })] };
    const engine = scriptedChat(again, again, again, again);
    const steps: number[] = [];
    const result = await runTools(engine, {
      model: 'm',
      messages: question,
      tools: [add],
      maxSteps: 3,
      onStep: ({ outcomes }) => steps.push(outcomes.length),
    });

    expect(engine.asked).toHaveLength(3);
    expect(steps).toEqual([1, 1, 0]);
    expect(result.pendingCalls).toEqual(again.toolCalls);
    expect(result.finishReason).toBe('tool_calls');
  });

  test('does not carry out a call that was cut off', async () => {
    const engine = scriptedChat({
      toolCalls: [{ ...call('1', 'add', {}), arguments: '{"a": 1' }],
      finishReason: 'length',
    });
    const result = await runTools(engine, { model: 'm', messages: question, tools: [add] });
    expect(result).toMatchObject({ finishReason: 'length', pendingCalls: [] });
    expect(result.steps).toMatchObject([{ outcomes: [] }]);
  });

  test('an abort ends it while a tool works, and the tool learns of it', async () => {
    const controller = new AbortController();
    let seen: AbortSignal | undefined;
    const endless = defineTool({
      name: 'endless',
      parameters: z.object({}),
      execute: (_, { signal }) => {
        seen = signal;
        controller.abort();
        return new Promise<never>(() => {});
      },
    });
    const engine = scriptedChat({ toolCalls: [call('1', 'endless', {})] });
    const { signal } = controller;
    const run = runTools(engine, { model: 'm', messages: question, tools: [endless], signal });
    expect(await rejection(run)).toMatchObject({ name: 'AbortError', code: 'Cancelled' });
    expect(seen?.aborted).toBe(true);
  });

  test.each([
    ['maxSteps', { maxSteps: 0 }],
    ['prompts', { prompts: ['x'] }],
  ])('refuses %s that means nothing', async (_, wrong) => {
    const run = runTools(scriptedChat(), {
      model: 'm',
      messages: question,
      tools: [add],
      ...wrong,
    });
    expect(await rejection(run)).toMatchObject({ code: 'InvalidParams' });
  });

  test('results are typed by the tools', async () => {
    const rows: FakeRowPart[] = [
      { toolCall: { index: 0, id: '1', name: 'add', arguments: '{"a":2}' }, finish: 'tool_calls' },
    ];
    const { engine } = await loadedEngine({}, { generation: { rows } });
    const { steps } = await engine.runTools({
      model: 'm',
      messages: question,
      tools: [add, shout],
      maxSteps: 2,
    });
    const [outcome] = steps[0]?.outcomes ?? [];
    if (outcome === undefined || 'error' in outcome) throw new Error('The call failed');
    if (outcome.tool === 'add') {
      expectTypeOf(outcome.result).toEqualTypeOf<{ sum: number }>();
      expectTypeOf(outcome.input).toEqualTypeOf<{ a: number; b: number }>();
      expect(outcome.result.sum).toBe(3);
    } else {
      expectTypeOf(outcome.result).toEqualTypeOf<string>();
    }
    expect(outcome.tool).toBe('add');
  });

  test('an abort while the model writes ends it too', async () => {
    const { engine } = await loadedEngine({}, { generation: { stepMs: 50 } });
    const run = engine.runTools({
      model: 'm',
      messages: question,
      tools: [add],
      signal: AbortSignal.timeout(100),
    });
    expect(await rejection(run)).toMatchObject({ code: 'Timeout' });
  });
});
