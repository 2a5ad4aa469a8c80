import { Readiness, type HttpServer } from '@mlx/server';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './support/browser.js';
import { FakeEngine } from './support/fake-engine.js';
import { servePage } from './support/serve-page.js';

let browser: Browser;
let context: BrowserContext;
let engine: FakeEngine;
let readiness: Readiness;
let server: HttpServer;
let page: Page;
/** Requests to anyone but the server, and what the page's policy or code complained about. */
let foreignRequests: string[];
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser.close());

beforeEach(async () => {
  engine = new FakeEngine();
  readiness = new Readiness();
  readiness.ready();
  server = await servePage(engine, { readiness });
  context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  foreignRequests = [];
  complaints = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) foreignRequests.push(request.url());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
});

afterEach(async () => {
  await context.close();
  await server[Symbol.asyncDispose]();
});

async function open(): Promise<void> {
  await page.goto(server.url);
  await page.getByPlaceholder('Ask anything').waitFor();
}

async function ask(text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await page.keyboard.press('Enter');
}

const answers = () => page.getByRole('article');

describe('what a model thinks', () => {
  it('is folded away from its answer, as plain text', async () => {
    engine.answer = { reasoning: 'Is it <b>Paris</b>?', pieces: ['It is Paris.'] };
    await open();
    await ask('What is the capital of France?');
    await answers().getByText('It is Paris.').waitFor();
    const thoughts = answers().getByText('Is it <b>Paris</b>?');
    expect(await thoughts.isVisible()).toBe(false);
    await answers().getByText('Thoughts').click();
    expect(await thoughts.isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });
});

describe('text from a model', () => {
  const hostile = [
    '<script>window.hacked = 1</script>',
    '<img src="https://evil.example/a.png" onerror="window.hacked = 2">',
    '![tracker](https://evil.example/b.png)',
    '[click](javascript:window.hacked=3)',
    '[data](data:text/html,<script>window.hacked=4</script>)',
    '<iframe src="https://evil.example"></iframe><svg onload="window.hacked=5"></svg>',
    '<a href="https://evil.example" onclick="window.hacked=6">x</a>',
    '[good](https://good.example)',
  ].join('\n\n');

  it('is sanitised: nothing runs, nothing is fetched', async () => {
    engine.answer = { pieces: hostile.match(/[^]{1,7}/g) ?? [] };
    await open();
    await ask('Attack me');
    await answers().getByText('good').waitFor();
    const found = await answers().evaluate((article) => ({
      hacked: Reflect.get(window, 'hacked'),
      active: article.querySelectorAll('script, img, iframe, svg[onload], [onclick]').length,
      links: [...article.querySelectorAll('a[href]')].map((link) => link.getAttribute('href')),
    }));
    expect(found).toEqual({ hacked: undefined, active: 0, links: ['https://good.example'] });
    expect(await answers().getByText('Image: tracker').isVisible()).toBe(true);
    expect(foreignRequests).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('is shown as markdown', async () => {
    engine.answer = {
      pieces: [
        '# Title\n\n',
        '- one\n- **two**\n\n',
        '```js\nlet a = 1;\n```\n\n',
        '|a|b|\n|-|-|\n|1|2|',
      ],
    };
    await open();
    await ask('Show me');
    await answers().getByRole('table').waitFor();
    expect(await answers().getByRole('heading', { name: 'Title' }).isVisible()).toBe(true);
    expect(await answers().getByRole('listitem').count()).toBe(2);
    expect(await answers().locator('pre code').textContent()).toBe('let a = 1;\n');
  });
});

describe('an answer under way', () => {
  it.each(['Stop button', 'Escape'])('is stopped by the %s, which frees the row', async (way) => {
    engine.answer = { pieces: ['tick '], endless: true };
    await open();
    await ask('Go on');
    await answers().getByText('tick').waitFor();
    if (way === 'Escape') await page.keyboard.press('Escape');
    else await page.getByRole('button', { name: 'Stop' }).click();
    await answers().getByText('Stopped').waitFor();
    await expect.poll(() => engine.running).toBe(0);
    expect(await page.getByRole('button', { name: 'Send' }).isVisible()).toBe(true);
  });

  it('ends when the tab is closed', async () => {
    engine.answer = { pieces: ['tick '], endless: true };
    await open();
    await ask('Go on');
    await answers().getByText('tick').waitFor();
    await page.close();
    await expect.poll(() => engine.running).toBe(0);
  });

  it('that fails says why where it happened, and can be tried again', async () => {
    engine.answer = { pieces: ['Half an '], error: 'The model process ended.' };
    await open();
    await ask('Fail');
    await answers().getByRole('alert').waitFor();
    expect(await answers().getByRole('alert').textContent()).toBe('The model process ended.');
    expect(await answers().getByText('Half an').isVisible()).toBe(true);
    engine.answer = { pieces: ['All of it.'] };
    await page.getByRole('button', { name: 'Try again' }).click();
    await answers().getByText('All of it.').waitFor();
    expect(await answers().count()).toBe(1);
  });
});

describe('the settings', () => {
  it('are validated with the messages of the API, at the field', async () => {
    await open();
    await page.getByRole('button', { name: 'Settings' }).click();
    const temperature = page.getByLabel('Temperature');
    await temperature.fill('3');
    await page.getByText('Number must be less than or equal to 2').waitFor();
    expect(await temperature.getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Maximum tokens').fill('200000');
    await page.getByText('Number must be less than or equal to 100000').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
  });

  it('are sent with the next question and remembered', async () => {
    await open();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Temperature').fill('0');
    await page.getByLabel('Seed').fill('42');
    await page.getByLabel('System prompt').fill('Be brief.');
    await page.getByLabel('Top P').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    const sent = page.waitForRequest((request) => request.url().endsWith('/v1/chat/completions'));
    await ask('Hello');
    expect((await sent).postDataJSON()).toMatchObject({
      model: 'acme/parrot',
      temperature: 0,
      seed: 42,
      max_tokens: 512,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
    });
    expect((await sent).postDataJSON()).not.toHaveProperty('top_p');
    await page.reload();
    await page.getByRole('button', { name: 'Settings' }).click();
    expect(await page.getByLabel('Seed').inputValue()).toBe('42');
  });
});

describe('the page', () => {
  it('says that the model loads, then lets questions be asked', async () => {
    readiness = new Readiness();
    readiness.loading('Downloading the model', 0.4);
    await server[Symbol.asyncDispose]();
    server = await servePage(engine, { readiness });
    await page.goto(server.url);
    await page.getByText('Downloading the model').waitFor();
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('0.4');
    expect(await page.getByRole('button', { name: 'capital of France' }).isDisabled()).toBe(true);
    readiness.ready();
    await page.getByRole('button', { name: 'capital of France' }).click();
    await answers().getByText('Hello.').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('parrot');
  });

  it('breaks lines with Shift+Enter and sends with Enter', async () => {
    await open();
    await page.getByLabel('Message').pressSequentially('one');
    await page.keyboard.press('Shift+Enter');
    await page.getByLabel('Message').pressSequentially('two');
    expect(await answers().count()).toBe(0);
    await page.keyboard.press('Enter');
    await answers().getByText('Hello.').waitFor();
    expect(await page.locator('.question').textContent()).toBe('one\ntwo');
    expect(await page.getByLabel('Message').inputValue()).toBe('');
  });

  it('starts a new chat', async () => {
    await open();
    await ask('Hello');
    await answers().getByText('Hello.').waitFor();
    await page.getByRole('button', { name: 'New chat' }).click();
    expect(await answers().count()).toBe(0);
    expect(await page.getByText('What would you like to know?').isVisible()).toBe(true);
  });

  it('copies an answer', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await open();
    await ask('Hello');
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Hello.');
  });

  it('fits a phone without scrolling sideways', async () => {
    await page.setViewportSize({ width: 360, height: 640 });
    engine.answer = { pieces: [`\`\`\`\n${'long '.repeat(80)}\n\`\`\`\n\n${'word'.repeat(60)}`] };
    await open();
    await ask('Hello '.repeat(30));
    await answers().getByTestId('first-token').waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    for (const name of ['New chat', 'Settings', 'Send']) {
      const box = await page.getByRole('button', { name }).boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(40);
    }
  });

  it('switches between light and dark and remembers it', async () => {
    await page.emulateMedia({ colorScheme: 'light' });
    await open();
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole('button', { name: 'Switch to dark colours' }).click();
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await background()).toBe(dark);
  });
});
