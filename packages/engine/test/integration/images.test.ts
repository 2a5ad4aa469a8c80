import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine, type Engine, type VisionGeneratorParams } from '../../src/index.js';
import { resolvePythonEnvironment } from '../../src/setup/index.js';

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const script = new URL('../../../../python-runtime/tests/vision/tiny_models.py', import.meta.url)
  .pathname;

const folder = mkdtempSync(join(tmpdir(), 'images-'));
const file = join(folder, 'pixel.png');
let engine: Engine;

beforeAll(async () => {
  const { python, env } = resolvePythonEnvironment();
  const path = join(folder, 'model');
  execFileSync(python, [script, 'qwen2_vl', path], { env: { ...process.env, ...env } });
  writeFileSync(file, Buffer.from(PIXEL, 'base64'));
  engine = createEngine();
  await engine.loadVisionModel({ model: { id: 'tiny', path } });
}, 60_000);

afterAll(async () => {
  await engine?.shutdown();
  rmSync(folder, { recursive: true, force: true });
});

const asked = { model: 'tiny', prompt: 'What is it?', temperature: 0, maxTokens: 60 };

async function answer(
  params: Partial<VisionGeneratorParams>,
  onToken: (count: number) => void = () => {},
): Promise<{ text: string; promptTokens: number | undefined }> {
  let text = '';
  let count = 0;
  let promptTokens: number | undefined;
  for await (const chunk of engine.createVisionGenerator(
    { ...asked, ...params },
    { resume: true },
  )) {
    if (chunk.type === 'token') {
      text += chunk.token;
      onToken((count += 1));
    } else if (chunk.type === 'metadata') promptTokens = chunk.stats.promptTokens;
    else if (chunk.type === 'error') throw new Error(chunk.error.message);
  }
  return { text, promptTokens };
}

it('a path, bytes and a data URL are the same image, and count as they are counted', async () => {
  const expected = await answer({ image: file });
  expect(await answer({ image: readFileSync(file) })).toEqual(expected);
  expect(await answer({ image: `data:image/png;base64,${PIXEL}` })).toEqual(expected);
  const content = [
    { type: 'image' as const, image: file },
    { type: 'text' as const, text: asked.prompt },
  ];
  const counted = await engine.countTokens({
    model: 'tiny',
    messages: [{ role: 'user', content }],
  });
  expect(counted).toBe(expected.promptTokens);
});

it('an answer about an image goes on after a crash as if there had been none', async () => {
  const expected = await answer({ image: file });
  const [process_] = (await engine.getRuntimeInfo()).models;
  const crashed = await answer({ image: file }, (count) => {
    if (count === 5 && process_) process.kill(process_.pid, 'SIGKILL');
  });
  expect(crashed).toEqual(expected);
});

it.each([
  ['an address', 'https://example.com/a.png', 'Nothing is fetched'],
  ['a file that is not there', join(folder, 'none.png'), 'There is no file'],
  ['a folder', folder, 'is a directory'],
  ['what is no image', 'data:image/png;base64,AAAA', 'none of PNG'],
  ['a damaged file', `data:image/png;base64,${PIXEL.slice(0, 56)}`, 'damaged'],
])('%s is refused by its place', async (_, image, message) => {
  await expect(answer({ image })).rejects.toMatchObject({
    code: 'InvalidParams',
    message: expect.stringContaining(message),
    details: { field: 'messages.0.content.0' },
  });
});

it('says what images the model takes', async () => {
  expect((await engine.capabilities('tiny')).vision).toMatchObject({ images: 64 });
});

it('more images than a prompt may have are refused before any is read', async () => {
  const images = Array<string>(65).fill('data:image/png;base64,');
  const tooMany = { model: 'tiny', prompt: 'What?', images };
  await expect(engine.createVisionGenerator({ ...tooMany }).next()).rejects.toMatchObject({
    code: 'InvalidParams',
  });
  const content = images.map((image) => ({ type: 'image' as const, image }));
  const counted = engine.countTokens({ model: 'tiny', messages: [{ role: 'user', content }] });
  await expect(counted).rejects.toMatchObject({
    details: { field: 'messages.0.content.64', type: 'invalid_image' },
  });
});
