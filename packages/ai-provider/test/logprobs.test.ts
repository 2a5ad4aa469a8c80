import { describe, expect, it } from 'vitest';
import { createMlx, type MlxChunk } from '../src/index.js';
import { options, readAll, sleep } from './support/calls.js';
import { ScriptedEngine, call, end } from './support/scripted-engine.js';

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];
const likely = (text: string) => ({ text, logprob: -0.5, top: [{ text, logprob: -0.5 }] });
const said = (...tokens: string[]): MlxChunk => ({
  type: 'token',
  token: tokens.join(''),
  logprobs: tokens.map(likely),
});

/** What an answer tells of its tokens. */
const told = (text: string) => ({
  token: text,
  logprob: -0.5,
  bytes: bytesOf(text),
  topLogprobs: [{ token: text, logprob: -0.5, bytes: bytesOf(text) }],
});

/** A choice of an event, with its tokens. */
const choice = (content: string, ...tokens: string[]) => ({
  delta: { content },
  logprobs: {
    content: tokens.map((token) => {
      const entry = { token, logprob: -0.5, bytes: bytesOf(token) };
      return { ...entry, top_logprobs: [entry] };
    }),
  },
});

const asking = (logprobs: boolean | number) => options({ providerOptions: { mlx: { logprobs } } });

describe('how likely the tokens were', () => {
  it.for([
    [true, { logprobs: true, topLogprobs: 0 }],
    [3, { logprobs: true, topLogprobs: 3 }],
    [false, {}],
  ] as const)('is asked of the engine by %j', async ([asked, request]) => {
    const engine = new ScriptedEngine(() => [end()]);
    await createMlx({ engine })('m').doGenerate(asking(asked));
    const { logprobs, topLogprobs } = engine.asked[0] ?? {};
    expect({ logprobs, topLogprobs }).toEqual({
      logprobs: undefined,
      topLogprobs: undefined,
      ...request,
    });
  });

  it('comes with the end of an answer, for text and calls alike', async () => {
    const called = { ...call(0, '{}', 'one'), logprobs: [likely('{}')] };
    const half = { text: '', logprob: -1, bytes: [195], top: [] };
    const engine = new ScriptedEngine(() => [
      said('A', 'B'),
      { type: 'token', token: '', logprobs: [half] },
      called,
      end(),
    ]);
    const { providerMetadata } = await createMlx({ engine })('m').doGenerate(asking(1));
    expect(providerMetadata?.['mlx']?.['logprobs']).toEqual([
      told('A'),
      told('B'),
      { token: '', logprob: -1, bytes: [195], topLogprobs: [] },
      told('{}'),
    ]);
  });

  it('is told once of each token, also where a reader came back and pieces are others', async () => {
    const runs = [
      [said('A', 'B'), said('C')],
      [said('A'), said('B', 'C')],
    ];
    const engine = new ScriptedEngine((run) => [...(runs[run] ?? []), end()]);
    const { stream } = await createMlx({ engine, abandonAfterMs: 20 })('m').doStream(asking(true));
    const reader = stream.getReader();
    for (let part = 0; part < 4; part += 1) await reader.read();
    reader.releaseLock();
    await sleep(100);
    const last = (await readAll(stream)).at(-1);
    expect(engine.asked).toHaveLength(2);
    expect(last).toMatchObject({
      providerMetadata: { mlx: { logprobs: [told('A'), told('B'), told('C')] } },
    });
  });

  it('is the same over HTTP, with what was drafted', async () => {
    const details = { accepted_draft_tokens: 4, accepted_prediction_tokens: 1 };
    const events = [
      { choices: [choice('AB', 'A', 'B')] },
      { choices: [choice('', 'C')] },
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: { completion_tokens: 3, completion_tokens_details: details } },
    ];
    const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    const sent: unknown[] = [];
    const fetch = async (url: string | URL | Request, init?: RequestInit) => {
      sent.push(await new Request(url, init).json());
      return new Response(`${body}data: [DONE]\n\n`);
    };
    const { providerMetadata } = await createMlx({ fetch })('m').doGenerate(asking(1));
    expect(sent).toMatchObject([{ logprobs: true, top_logprobs: 1 }]);
    expect(providerMetadata).toMatchObject({
      mlx: {
        logprobs: [told('A'), told('B'), told('C')],
        draftTokensAccepted: 4,
        acceptedPredictionTokens: 1,
      },
    });
  });

  it.for([21, -1, 'all'])('is refused with %j', async (wrong) => {
    const model = createMlx({ engine: new ScriptedEngine(() => [end()]) })('m');
    await expect(model.doGenerate(asking(wrong as never))).rejects.toThrow("'logprobs'");
  });
});
