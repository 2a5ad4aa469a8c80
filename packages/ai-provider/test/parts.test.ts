import { describe, expect, it } from 'vitest';
import { createMlx, type MlxChunk } from '../src/index.js';
import { options, readAll } from './support/calls.js';
import { ScriptedEngine, call, end, thought, token } from './support/scripted-engine.js';

function modelThatSays(...chunks: MlxChunk[]) {
  return createMlx({ engine: new ScriptedEngine(() => chunks) })('org/model');
}

async function partsOf(...chunks: MlxChunk[]) {
  const { stream } = await modelThatSays(...chunks).doStream(options());
  const [start, metadata, ...parts] = await readAll(stream);
  expect(start).toEqual({ type: 'stream-start', warnings: [] });
  expect(metadata).toMatchObject({ type: 'response-metadata', modelId: 'org/model' });
  return parts;
}

describe('the parts of a stream', () => {
  it('are blocks of text and of thoughts, one after another', async () => {
    const parts = await partsOf(
      thought('Hm'),
      thought('.'),
      token('A'),
      token(''),
      token('B'),
      end(),
    );
    expect(parts.slice(0, -1)).toEqual([
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'Hm' },
      { type: 'reasoning-delta', id: '0', delta: '.' },
      { type: 'reasoning-end', id: '0' },
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '1', delta: 'A' },
      { type: 'text-delta', id: '1', delta: 'B' },
      { type: 'text-end', id: '1' },
    ]);
  });

  it('end with usage and with facts that only this provider has', async () => {
    const last = (await partsOf(token('A'), end('length'))).at(-1);
    expect(last).toMatchObject({
      type: 'finish',
      finishReason: { unified: 'length', raw: 'length' },
      usage: {
        inputTokens: { total: 9, noCache: 5, cacheRead: 4 },
        outputTokens: { total: 5, text: 3, reasoning: 2 },
      },
      providerMetadata: { mlx: { tokensPerSecond: 10, totalTime: 0.5, draftTokensAccepted: 3 } },
    });
    expect(last).toHaveProperty('providerMetadata.mlx.seed');
  });

  it('hold each call as soon as its arguments are whole', async () => {
    const nested = ['{"a": "}\\"{", ', '"b": [{}]', '}'];
    const parts = await partsOf(
      ...nested.map((text, index) => call(0, text, index === 0 ? 'one' : undefined)),
      call(1, '{}', 'two'),
      end('tool_calls'),
    );
    const types = parts.map(({ type }) => type);
    expect(types.indexOf('tool-call')).toBeLessThan(types.lastIndexOf('tool-input-start'));
    expect(parts.filter(({ type }) => type === 'tool-call')).toEqual([
      { type: 'tool-call', toolCallId: 'id-0', toolName: 'one', input: nested.join('') },
      { type: 'tool-call', toolCallId: 'id-1', toolName: 'two', input: '{}' },
    ]);
    expect(parts.at(-1)).toMatchObject({ finishReason: { unified: 'tool-calls' } });
  });

  it('hold no call that the limit cut', async () => {
    const parts = await partsOf(call(0, '{"a": "he', 'one'), end('length'));
    expect(parts.map(({ type }) => type)).toEqual([
      'tool-input-start',
      'tool-input-delta',
      'tool-input-end',
      'finish',
    ]);
  });

  it('hold a call without arguments, and one that is no JSON for the SDK to tell of', async () => {
    const parts = await partsOf(call(0, '', 'one'), call(1, 'Oslo', 'two'), end('tool_calls'));
    const calls = parts.filter(({ type }) => type === 'tool-call');
    expect(calls).toMatchObject([{ input: '{}' }, { input: 'Oslo' }]);
  });

  it('tell of an answer that was cancelled or broke off', async () => {
    expect((await partsOf(token('A'), end('cancelled'))).at(-1)).toMatchObject({
      finishReason: { unified: 'interrupted', raw: 'cancelled' },
    });
  });

  it('hold what the engine said where that is asked for', async () => {
    const model = modelThatSays(token('A'), end());
    const { stream } = await model.doStream(options({ includeRawChunks: true }));
    const raw = (await readAll(stream)).filter(({ type }) => type === 'raw');
    expect(raw).toEqual([
      { type: 'raw', rawValue: token('A') },
      { type: 'raw', rawValue: end() },
    ]);
  });
});

it('an answer in one piece has the same content', async () => {
  const model = modelThatSays(thought('Hm'), token('A'), token('B'), call(0, '{}', 'one'), end());
  const { content, finishReason, response, warnings } = await model.doGenerate(options());
  expect(content).toEqual([
    { type: 'reasoning', text: 'Hm' },
    { type: 'text', text: 'AB' },
    { type: 'tool-call', toolCallId: 'id-0', toolName: 'one', input: '{}' },
  ]);
  expect(finishReason.unified).toBe('stop');
  expect(response).toMatchObject({ modelId: 'org/model' });
  expect(warnings).toEqual([]);
});
