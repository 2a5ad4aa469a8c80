import { expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';

const KEY = 's3cret';
const chat = pageTests({ apiKey: KEY });

it.each([
  ['a desk', { width: 1200, height: 800 }],
  ['a phone', { width: 360, height: 640 }],
])('opens, asks for the key in its own form, and uses it from then on: on %s', async (_, size) => {
  await chat.page.setViewportSize(size);
  await chat.page.goto(chat.server.url);
  await chat.page.getByLabel('Key', { exact: true }).waitFor();
  await chat.page.keyboard.type('wrong');
  await chat.button('Continue').click();
  await chat.page.getByText('The server refused this API key.').waitFor();
  const width = await chat.page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(size.width);
  await chat.page.getByLabel('Key', { exact: true }).fill(KEY);
  await chat.page.getByLabel('Remember it').check();
  await chat.button('Continue').click();
  await chat.ask('Hello');
  await chat.answers.getByText('Hello.').waitFor();
  await chat.page.reload();
  await chat.ask('Still there?');
  expect(await chat.page.getByRole('dialog').count()).toBe(0);
});

it('is a password for whoever opens another address in a browser', async () => {
  const address = `${chat.server.url}/v1/models`;
  expect((await chat.page.goto(address))?.status()).toBe(401);
  const context = await chat.browser.newContext({
    httpCredentials: { username: 'anyone', password: KEY },
  });
  const page = await context.newPage();
  expect((await page.goto(address))?.status()).toBe(200);
  await context.close();
});
