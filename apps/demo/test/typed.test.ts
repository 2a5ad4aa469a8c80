import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './support/browser.js';
import { FakeEngine } from './support/fake-engine.js';
import { servePage } from './support/serve-page.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser.close());

it('an object fills in beside its schema and is checked by it', { timeout: 30_000 }, async () => {
  const engine = new FakeEngine();
  engine.answer = { pieces: ['{"name": "Ada",', ' "age": 36,', ' "hobbies": ["books"]}'] };
  await using server = await servePage(engine);
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Typed answers' }).click();
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('Valid').waitFor();
  expect(await page.getByLabel('Answer', { exact: true }).textContent()).toContain('"age": 36');
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(overflow).toBeLessThanOrEqual(390);
  if (process.env['SHOT']) await page.screenshot({ path: process.env['SHOT'] });
  await page.getByRole('button', { name: 'Tool call' }).click();
  await page.getByText("z.enum(['celsius', 'fahrenheit'])").waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});
