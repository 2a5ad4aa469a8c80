import { streamText } from 'ai';
import { expect, it } from 'vitest';
import { createMlx, type MlxChunk } from '../src/index.js';
import { options, readAll, sleep } from './support/calls.js';
import { ScriptedEngine, call, end, thought, token } from './support/scripted-engine.js';

const abandonAfterMs = 20;
/** Long enough to be taken to be gone. */
const pauseMs = 100;

function* story(count: number): Generator<MlxChunk> {
  for (let word = 0; word < count; word += 1) yield token(`${word} `);
  yield end();
}

async function open(engine: ScriptedEngine) {
  const { stream } = await createMlx({ engine, abandonAfterMs })('m').doStream(options());
  return stream;
}

async function leaveFor(stream: ReadableStream, parts: number, ms: number): Promise<void> {
  const reader = stream.getReader();
  for (let part = 0; part < parts; part += 1) await reader.read();
  reader.releaseLock();
  await sleep(ms);
}

it('a stream that nobody reads ends its generation', async () => {
  const engine = new ScriptedEngine(() => story(1000));
  const stream = await open(engine);
  await sleep(pauseMs);
  expect(engine.left).toBe(1);
  expect(stream.locked).toBe(false);
});

it('a slow model writes little more for a loop over the SDK that was left', async () => {
  let written = 0;
  const engine = new ScriptedEngine(async function* slowly() {
    for (const chunk of story(500)) {
      await sleep(60);
      written += 1;
      yield chunk;
    }
  });
  const result = streamText({ model: createMlx({ engine, abandonAfterMs })('m'), prompt: 'Hi' });
  for await (const _ of result.textStream) break;
  await expect.poll(() => engine.left, { timeout: 5000 }).toBe(1);
  // The SDK alone would ask for fourteen.
  expect(written).toBeLessThan(10);
});

it('a reader that comes back finds the stream where it was left, with the same seed', async () => {
  const said = [
    thought('Hm '),
    ...[...story(3)].slice(0, 3),
    call(0, '{"a":', 'one'),
    call(0, '1}'),
    end(),
  ];
  const whole = await readAll(await open(new ScriptedEngine(() => said)));
  for (let left = 3; left < whole.length - 1; left += 1) {
    const engine = new ScriptedEngine(() => said);
    const stream = await open(engine);
    await leaveFor(stream, left, pauseMs);
    const rest = await readAll(stream);
    expect(rest.filter(({ type }) => type !== 'finish')).toEqual(whole.slice(left, -1));
    const [first, second] = engine.asked;
    if (second !== undefined) expect(second).toEqual(first);
  }
});

it('pieces of another size are no other answer', async () => {
  const pieces = [
    ['Once ', 'upon ', 'a time'],
    ['O', 'nce upo', 'n a ', 'time'],
  ];
  const engine = new ScriptedEngine((run) => [...(pieces[run] ?? []).map(token), end()]);
  const stream = await open(engine);
  await leaveFor(stream, 4, pauseMs);
  const rest = await readAll(stream);
  const text = rest.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('');
  expect(`Once ${text}`).toMatch(/upon a time$/);
  expect(engine.asked).toHaveLength(2);
});

it.for<MlxChunk[][]>([
  [[token('One')], [token('Two')]],
  [[token('One')], [end()]],
  [[token('One')], [thought('One')]],
  [[call(0, '{"a":1', 'one')], [call(0, '{"a":2', 'one')]],
])('another answer than the one begun is an error, never a mixture: %#', async ([said, again]) => {
  const more = [token(' more'), token(' and more'), end()];
  const engine = new ScriptedEngine((run) => [...((run === 0 ? said : again) ?? []), ...more]);
  const stream = await open(engine);
  await leaveFor(stream, 4, pauseMs);
  const rest = await readAll(stream);
  expect(rest.filter(({ type }) => type === 'error')).toMatchObject([
    { error: { isRetryable: true, message: expect.stringContaining('abandonAfterMs') } },
  ]);
  expect(rest.at(-1)).toMatchObject({ type: 'finish', finishReason: { unified: 'error' } });
});

it('a reader that is slow is waited for after it came back once', async () => {
  const engine = new ScriptedEngine(() => story(50));
  const stream = await open(engine);
  for (let pause = 0; pause < 4; pause += 1) await leaveFor(stream, 5, pauseMs);
  await readAll(stream);
  expect(engine.asked).toHaveLength(2);
});

it('a reader that was held up by work which blocks everything is not taken to be gone', async () => {
  const engine = new ScriptedEngine(() => story(50));
  const stream = await open(engine);
  const reader = stream.getReader();
  for (let part = 0; part < 5; part += 1) await reader.read();
  const blockedUntil = performance.now() + pauseMs;
  while (performance.now() < blockedUntil);
  // As a timer of its own, behind the one that would take it to be gone.
  await sleep(0);
  reader.releaseLock();
  await readAll(stream);
  expect(engine.asked).toHaveLength(1);
});

it('a reader is waited for without end where that is asked for', async () => {
  const engine = new ScriptedEngine(() => story(50));
  const mlx = createMlx({ engine, abandonAfterMs: Number.POSITIVE_INFINITY });
  const { stream } = await mlx('m').doStream(options());
  await leaveFor(stream, 5, 50);
  await readAll(stream);
  expect(engine.asked).toHaveLength(1);
});

it('a stream that is cancelled, and one that is aborted, end their generation at once', async () => {
  const engine = new ScriptedEngine(() => story(1000));
  await (await open(engine)).cancel();
  await expect.poll(() => engine.left).toBe(1);
  const abort = new AbortController();
  const model = createMlx({ engine })('m');
  const { stream } = await model.doStream(options({ abortSignal: abort.signal }));
  await leaveFor(stream, 3, 0);
  abort.abort(new Error('enough'));
  await expect(readAll(stream)).rejects.toThrow('enough');
  await expect.poll(() => engine.left).toBe(2);
});
