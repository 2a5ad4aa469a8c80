import { createEngine, type Engine } from '@mlx/engine';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import type { HttpServer } from '@mlx/server';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.js';
import { servePage } from './support/serve-page.js';

let engine: Engine | undefined;
let server: HttpServer | undefined;
let browser: Browser | undefined;
let page: Page;

beforeAll(async () => {
  engine = createEngine();
  await engine.loadModel(DEFAULT_MODEL_ID);
  await engine.warmupModel(DEFAULT_MODEL_ID);
  server = await servePage(engine);
  browser = await launchBrowser();
  page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(server.url);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await engine?.shutdown();
});

it('answers "What is the capital of France?" with Paris', { timeout: 90_000 }, async () => {
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Temperature', { exact: true }).fill('0');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'What is the capital of France?' }).click();
  await page.getByTestId('tokens-per-second').waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
  expect(await page.locator('article.answer').textContent()).toContain('Paris');
  expect(await page.getByTestId('tokens-per-second').textContent()).toMatch(/[1-9].* tokens\/s/);
  expect(await page.getByTestId('first-token').textContent()).toMatch(/\d+ ms|\d s/);
});

it('frees the row of the sidecar when it is stopped', { timeout: 90_000 }, async () => {
  const before = await engine?.getBatchStats();
  await page.getByLabel('Message', { exact: true }).fill('Write a very long story about the sea.');
  await page.keyboard.press('Enter');
  await page.locator('article.answer').last().getByTestId('first-token').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped').waitFor();
  await expect
    .poll(
      async () => {
        const stats = await engine?.getBatchStats();
        return [stats?.rows.decoding, stats?.requests.cancelled];
      },
      // A decode step takes long where other processes compute as well.
      { timeout: 20_000 },
    )
    .toEqual([0, (before?.requests.cancelled ?? 0) + 1]);
});

it('fills an object in by its schema', { timeout: 90_000 }, async () => {
  await page.getByRole('button', { name: 'Structured output' }).click();
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('Valid').waitFor();
  const answer = await page.getByLabel('Answer', { exact: true }).textContent();
  expect(Object.keys(JSON.parse(answer ?? ''))).toEqual(['name', 'age', 'hobbies']);
});
