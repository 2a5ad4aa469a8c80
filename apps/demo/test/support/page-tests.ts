import type { HandlerOptions, HttpServer } from '@mlx/server';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { launchBrowser } from './browser.js';
import { FakeEngine } from './fake-engine.js';
import { servePage } from './serve-page.js';

/** The page over a scripted model: one browser and one server a file, a fresh profile a test. */
class PageTests {
  readonly engine = new FakeEngine();
  /** Requests to anyone but the server, and what the page's policy or code complained about. */
  readonly foreignRequests: string[] = [];
  readonly complaints: string[] = [];
  #browser: Browser | undefined;
  #context: BrowserContext | undefined;
  #server: HttpServer | undefined;
  #page: Page | undefined;

  get browser(): Browser {
    return started(this.#browser);
  }

  get context(): BrowserContext {
    return started(this.#context);
  }

  get server(): HttpServer {
    return started(this.#server);
  }

  get page(): Page {
    return started(this.#page);
  }

  async start(options: HandlerOptions): Promise<void> {
    this.#browser = await launchBrowser();
    this.#server = await servePage(this.engine, options);
  }

  async stop(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.close();
  }

  async fresh(options: BrowserContextOptions): Promise<void> {
    this.engine.reset();
    this.#context = await this.browser.newContext({
      viewport: { width: 1200, height: 800 },
      ...options,
    });
    // How long a busy machine may take to show something; what never comes is told all the same.
    this.#context.setDefaultTimeout(30_000);
    this.#page = await this.#context.newPage();
    this.foreignRequests.length = 0;
    this.complaints.length = 0;
    this.page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(this.server.url) && !url.startsWith('blob:')) {
        this.foreignRequests.push(url);
      }
    });
    this.page.on('pageerror', ({ message }) => this.complaints.push(message));
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  async open(): Promise<void> {
    await this.page.goto(this.server.url);
    await this.page.getByPlaceholder('Ask anything').waitFor();
  }

  get input() {
    return this.page.getByLabel('Message', { exact: true });
  }

  get answers() {
    return this.page.locator('article.answer');
  }

  button(name: string | RegExp) {
    return this.page.getByRole('button', {
      name,
      ...(typeof name === 'string' ? { exact: true } : {}),
    });
  }

  /** Asks, and waits for the end of the answer. */
  async ask(text: string): Promise<void> {
    await this.send(text);
    await this.button('Send').waitFor();
  }

  async send(text: string): Promise<void> {
    await this.input.fill(text);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.question', { hasText: text }).last().waitFor();
  }
}

/** Sets a file of tests up. */
export function pageTests(options: HandlerOptions = {}, context: BrowserContextOptions = {}) {
  const tests = new PageTests();
  beforeAll(() => tests.start(options), 60_000);
  beforeEach(() => tests.fresh(context));
  afterEach(() => tests.context.close());
  afterAll(() => tests.stop());
  return tests;
}

function started<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('It is there from the first test on.');
  return value;
}
