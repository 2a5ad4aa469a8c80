import { generateText, isStepCount, streamText, tool } from 'ai';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { createMlx, runEarly } from '../src/index.js';
import { ScriptedEngine, call, end, token } from './support/scripted-engine.js';

const inputSchema = z.object({ city: z.string() });
const prompt = 'Weather?';

function twoCalls() {
  const engine = new ScriptedEngine((run) =>
    run > 0
      ? [token('Sun'), end()]
      : [
          call(0, '{"city":"Oslo"}', 'weather'),
          call(1, '{"city":"Rome"}', 'weather'),
          end('tool_calls'),
        ],
  );
  return createMlx({ engine })('m');
}

it('a tool runs once for each call, when the call is whole, and its results are used', async () => {
  const events: string[] = [];
  const weather = tool({
    inputSchema,
    onInputAvailable: ({ input }) => void events.push(`available ${input.city}`),
    execute: async ({ city }, { toolCallId }) => {
      events.push(`run ${city} ${toolCallId}`);
      return `${city}: sun`;
    },
  });
  const result = streamText({
    model: twoCalls(),
    prompt,
    tools: runEarly({ weather }),
    stopWhen: isStepCount(2),
  });
  for await (const { type } of result.fullStream) if (type === 'finish-step') events.push(type);
  expect(events).toEqual([
    'available Oslo',
    'run Oslo id-0',
    'available Rome',
    'run Rome id-1',
    'finish-step',
    'finish-step',
  ]);
  const [first] = await result.steps;
  expect(first?.toolResults.map(({ output }) => output)).toEqual(['Oslo: sun', 'Rome: sun']);
});

it.for([
  ['at once', () => fail()],
  ['later', async () => fail()],
] as const)('a failure %s is the result of the call', async ([, execute]) => {
  const tools = runEarly({ weather: tool({ inputSchema, execute }) });
  const result = streamText({ model: twoCalls(), prompt, tools });
  const errors = [];
  for await (const part of result.fullStream) if (part.type === 'tool-error') errors.push(part);
  expect(errors).toMatchObject([{ error: { message: 'storm' } }, { error: { message: 'storm' } }]);
});

it('a tool without a function of its own, and a call in one piece, are as they were', async () => {
  const { toolCalls, toolResults } = await generateText({
    model: twoCalls(),
    prompt,
    tools: runEarly({ weather: tool({ inputSchema }) }),
  });
  expect(toolCalls).toHaveLength(2);
  expect(toolResults).toEqual([]);
});

function fail(): string {
  throw new Error('storm');
}
