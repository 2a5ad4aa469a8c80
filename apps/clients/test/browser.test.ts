import chromium from '@sparticuz/chromium';
import { build } from 'esbuild';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { apiKey, baseURL, model, serverURL } from './support/server.ts';

const source = `
  import OpenAI from 'openai';
  import Anthropic from '@anthropic-ai/sdk';
  const messages = [{ role: 'user', content: 'What is the capital of France?' }];
  const request = { messages, max_tokens: 12 };
  window.askOpenAI = async (model, baseURL, apiKey) => {
    const client = new OpenAI({ baseURL, apiKey, dangerouslyAllowBrowser: true, maxRetries: 0 });
    const { choices } = await client.chat.completions.create({ model, temperature: 0, ...request });
    return choices[0].message.content;
  };
  window.askAnthropic = async (model, baseURL, apiKey) => {
    const client = new Anthropic({ baseURL, apiKey, dangerouslyAllowBrowser: true, maxRetries: 0 });
    const { content } = await client.messages.create({ model, temperature: 0, ...request });
    return content[0].text;
  };
`;

declare global {
  type Ask = (model: string, baseURL: string, apiKey: string) => Promise<string>;
  var askOpenAI: Ask;
  var askAnthropic: Ask;
}

let browser: Browser | undefined;
let page: Page;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    write: false,
  });
  // The flags that the package proposes switch web security off, which is what is tested here.
  browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  page = await browser.newPage();
  await page.goto(inject('pageURL'));
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
});

afterAll(() => browser?.close());

it('openai works from a page of an allowed origin', async () => {
  const given = { model, base: baseURL, apiKey };
  const text = await page.evaluate(
    ({ model: name, base, apiKey: key }) => globalThis.askOpenAI(name, base, key),
    given,
  );
  expect(text).toContain('Paris');
});

it('@anthropic-ai/sdk works from a page of an allowed origin', async () => {
  const given = { model, base: serverURL, apiKey };
  const text = await page.evaluate(
    ({ model: name, base, apiKey: key }) => globalThis.askAnthropic(name, base, key),
    given,
  );
  expect(text).toContain('Paris');
});
