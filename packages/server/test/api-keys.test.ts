import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHandler, type ApiKeyOptions } from '../src/index.js';
import { KeyLimits } from '../src/keys/key-limits.js';
import { digestOf } from '../src/keys/key-ring.js';
import { isReadableByOthers, readKeyFile } from '../src/keys/read-key-file.js';
import { RecordingLogger } from './support/recording-logger.js';
import { errorOf, get, post, question } from './support/requests.js';
import { ScriptedEngine } from './support/scripted-engine.js';

const CHAT = '/v1/chat/completions';
const ANNE = 'anne-has-this-secret';
const BEN = 'ben-has-another-one';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

function serve(anne: Partial<ApiKeyOptions> = {}) {
  const engine = new ScriptedEngine();
  const logger = new RecordingLogger();
  const handler = createHandler(engine, {
    logger,
    apiKeys: [
      { name: 'anne', sha256: digestOf(ANNE), ...anne },
      { name: 'ben', sha256: digestOf(BEN) },
    ],
  });
  return { engine, logger, handler };
}

describe('several API keys', () => {
  it('each open the server, and the log says whose request it was', async () => {
    const { handler, logger } = serve();
    for (const key of [ANNE, BEN]) {
      const response = await handler.fetch(post(CHAT, question, bearer(key)));
      expect(response.status).toBe(200);
      await response.text();
    }
    const told = logger.entries.filter(({ message }) => message === 'request');
    expect(told.map(({ fields }) => Reflect.get(fields, 'key'))).toEqual(['anne', 'ben']);
    expect(JSON.stringify(logger.entries)).not.toContain(ANNE);
  });

  it.each([`${ANNE}2`, 'anne', digestOf(ANNE), ''])('are no other text: %s', async (key) => {
    const { handler } = serve();
    expect((await handler.fetch(post(CHAT, question, bearer(key)))).status).toBe(401);
  });
});

describe('the rate of a key', () => {
  it('holds for its requests that do work, and for nobody else', async () => {
    const { handler, engine } = serve({ requestsPerMinute: 2 });
    const ask = (key: string) => handler.fetch(post(CHAT, question, bearer(key)));
    const first = await ask(ANNE);
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('2');
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    expect((await ask(ANNE)).status).toBe(200);
    const refused = await ask(ANNE);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(25);
    expect(await errorOf(refused)).toMatchObject({
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
      message: expect.stringContaining('2 requests a minute'),
    });
    expect(engine.calls).toHaveLength(2);
    expect((await handler.fetch(get('/v1/models', bearer(ANNE)))).status).toBe(200);
    expect((await ask(BEN)).status).toBe(200);
  });

  it('grows back evenly', () => {
    let now = 0;
    const limits = new KeyLimits({ requestsPerMinute: 60 }, () => now);
    for (let count = 0; count < 60; count += 1) expect(limits.enter()).toBeUndefined();
    expect(limits.enter()).toMatchObject({ retryAfterSeconds: 1 });
    now = 1000;
    expect(limits.enter()).toBeUndefined();
    expect(limits.enter()).toBeDefined();
    now = 10 * 60_000;
    expect(limits.headers()['x-ratelimit-remaining-requests']).toBe('60');
  });
});

describe('how many requests of a key may run', () => {
  it('is held, until one of them is over', async () => {
    const { handler } = serve({ maxConcurrent: 1 });
    const ask = (signal?: AbortSignal) =>
      handler.fetch(
        new Request(post(CHAT, { ...question, stream: true }, bearer(ANNE)), {
          signal: signal ?? null,
        }),
      );
    const running = await ask();
    expect(await errorOf(await ask())).toMatchObject({ code: 'too_many_concurrent_requests' });
    await running.text();
    const next = await ask();
    expect(next.status).toBe(200);
    await next.body?.cancel();
    await expect.poll(async () => (await ask()).status).toBe(200);
  });

  it('is not used up by requests that are wrong', async () => {
    const { handler } = serve({ maxConcurrent: 1 });
    for (const body of ['{', '{}', '[]']) {
      expect((await handler.fetch(post(CHAT, body, bearer(ANNE)))).status).toBe(400);
    }
    expect((await handler.fetch(post(CHAT, question, bearer(ANNE)))).status).toBe(200);
  });
});

describe('a file of keys', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'keys-')), 'keys.yaml');
  const write = (text: string) => writeFileSync(file, text, { mode: 0o600 });

  it('has names, keys or their digests, and limits', () => {
    write(`keys:
  - { name: anne, key: ${ANNE}, requests_per_minute: 60, max_concurrent: 4 }
  - { name: ben@work, sha256: ${digestOf(BEN).toUpperCase()} }
`);
    expect(readKeyFile(file)).toEqual([
      { name: 'anne', sha256: digestOf(ANNE), requestsPerMinute: 60, maxConcurrent: 4 },
      { name: 'ben@work', sha256: digestOf(BEN) },
    ]);
    expect(isReadableByOthers(file)).toBe(false);
  });

  it.each([
    ['keys: []', /keys: /],
    ['keys:\n  - name: anne', /keys\.yaml:2:5: keys\.0: Needs either key or sha256/],
    [`keys:\n  - { name: a, key: ${ANNE}, sha256: ${digestOf(ANNE)} }`, /either key or sha256/],
    ['keys:\n  - name: anne\n    key: too-short', /keys\.yaml:3:5: keys\.0\.key: .*at least 16/],
    ['keys:\n  - { name: a b, key: 0123456789abcdef }', /keys\.0\.name: Must match/],
    ['keys:\n  - { name: a, key: 0123456789abcdef, rate: 3 }', /'rate'/],
    [
      'keys:\n  - { name: a, key: 0123456789abcdef }\n  - { name: a, key: 0123456789abcdeg }',
      /keys\.yaml:3:5: keys\.1: 'a' is there twice/,
    ],
    [
      'keys:\n  - { name: a, key: 0123456789abcdef }\n  - { name: b, key: 0123456789abcdef }',
      /The same key is there twice/,
    ],
    ['keys: [', /keys\.yaml:1:/],
  ])('that is wrong is refused where it is, without telling a key: %j', (text, message) => {
    write(text);
    expect(() => readKeyFile(file)).toThrow(message);
    expect(() => readKeyFile(file)).not.toThrow(/0123456789abcdef|too-short|anne-has/);
  });
});
