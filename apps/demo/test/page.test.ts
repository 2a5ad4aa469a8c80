import { Readiness } from '@mlx/server';
import { describe, expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';
import { servePage } from './support/serve-page.js';

const chat = pageTests();

describe('what a model thinks', () => {
  it('is folded away from its answer, as plain text', async () => {
    chat.engine.answer = { reasoning: 'Is it <b>Paris</b>?', pieces: ['It is Paris.'] };
    await chat.open();
    await chat.ask('What is the capital of France?');
    const thoughts = chat.answers.getByText('Is it <b>Paris</b>?');
    expect(await thoughts.isVisible()).toBe(false);
    await chat.answers.getByText('Reasoning').click();
    await thoughts.waitFor();
    expect(chat.complaints).toEqual([]);
  });

  it('is switched off and on beside the question', async () => {
    await chat.open();
    await chat.button('Think').click();
    await chat.ask('Quick');
    expect(chat.engine.asked.at(-1)?.reasoning).toEqual({ enabled: false });
    await chat.button('Think').click();
    await chat.ask('Slow');
    expect(chat.engine.asked.at(-1)?.reasoning).toEqual({ enabled: true });
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
    '\\[\\href{javascript:window.hacked=7}{y} \\includegraphics{https://evil.example/c.png}\\]',
    '[good](https://good.example)',
  ].join('\n\n');

  it('is sanitised: nothing runs, nothing is fetched', async () => {
    chat.engine.answer = { pieces: hostile.match(/[^]{1,7}/g) ?? [] };
    await chat.open();
    await chat.ask('Attack me');
    await chat.answers.getByText('good').waitFor();
    await chat.page.waitForLoadState('networkidle');
    const found = await chat.answers.evaluate((article) => ({
      hacked: Reflect.get(window, 'hacked'),
      active: article.querySelectorAll('script, img, iframe, svg[onload], [onclick]').length,
      links: [...article.querySelectorAll('[href]')].map((link) => link.getAttribute('href')),
    }));
    expect(found).toEqual({ hacked: undefined, active: 0, links: ['https://good.example'] });
    await chat.answers.getByText('Image: tracker').waitFor();
    expect(chat.foreignRequests).toEqual([]);
    expect(chat.complaints).toEqual([]);
  });

  it('is shown as Markdown, with coloured code and formulas', async () => {
    chat.engine.answer = {
      pieces: [
        '# Title\n\n',
        '- one\n- **two**\n\n',
        '```js\nlet a = 1;\n```\n\n',
        '|a|b|\n|-|-|\n|1|2|\n\n',
        'So \\(x^2\\), and $$y = 1$$ for $5 or $6; `\\(code\\)`.\n\n$$z = 2$$',
      ],
    };
    await chat.open();
    await chat.ask('Show me');
    await chat.answers.getByRole('table').waitFor();
    await chat.answers.getByRole('heading', { name: 'Title' }).waitFor();
    expect(await chat.answers.getByRole('listitem').count()).toBe(2);
    await chat.answers.locator('.hljs-keyword', { hasText: 'let' }).waitFor();
    expect(await chat.answers.locator('pre code').textContent()).toBe('let a = 1;\n');
    expect(await chat.answers.locator('figcaption').textContent()).toBe('js');
    await expect.poll(() => chat.answers.locator('math').count()).toBe(3);
    expect(await chat.answers.locator('.formula.display').textContent()).toContain('z');
    await chat.answers.getByText('$5 or $6').waitFor();
    expect(await chat.answers.locator('p code').textContent()).toBe('\\(code\\)');
    expect(chat.complaints).toEqual([]);
  });

  it('keeps the tags that are part of it', async () => {
    const table = '| a |\n|---|\n| x<br>y |';
    const lines = ['The <b> tag is <b>bold</b>.', '<div class="a">\n  <p>Hi</p>\n</div>', table];
    chat.engine.answer = { pieces: lines.join('\n\n').match(/[^]{1,5}/g) ?? [] };
    await chat.open();
    await chat.ask('What is <b>?');
    await chat.answers.getByRole('table').waitFor();
    expect(await chat.answers.locator('.markdown > p').textContent()).toBe(lines[0]);
    expect(await chat.answers.locator('pre code').textContent()).toBe(`${lines[1]}\n`);
    expect(await chat.answers.locator('td br').count()).toBe(1);
    expect(chat.complaints).toEqual([]);
  });
});

describe('an answer under way', () => {
  it.each(['Stop button', 'Escape'])('is stopped by the %s, which frees the row', async (way) => {
    chat.engine.answer = { pieces: ['tick '], endless: true };
    await chat.open();
    await chat.send('Go on');
    await chat.answers.getByText('tick').waitFor();
    if (way === 'Escape') await chat.page.keyboard.press('Escape');
    else await chat.button('Stop').click();
    await chat.answers.getByText('Stopped').waitFor();
    await expect.poll(() => chat.engine.running).toBe(0);
    await chat.button('Send').waitFor();
  });

  it('ends when the tab is closed', async () => {
    chat.engine.answer = { pieces: ['tick '], endless: true };
    await chat.open();
    await chat.send('Go on');
    await chat.answers.getByText('tick').waitFor();
    await chat.page.close();
    await expect.poll(() => chat.engine.running).toBe(0);
  });

  it.each([
    ['restart_budget_exhausted', /^The model crashed again and again, and was given up\. Start it/],
    ['worker_lost', /^The machine that wrote this is gone\. Try again\./],
    ['quarantined', /^The model crashed each time/],
  ])('that ends with %s says what can be done', async (code, told) => {
    await chat.page.route('**/v1/chat/completions', (route) =>
      route.fulfill({ status: 500, json: { error: { message: 'It was lost.', code } } }),
    );
    await chat.open();
    await chat.ask('Fail');
    expect(await chat.answers.getByRole('alert').textContent()).toMatch(told);
  });

  it('that a crash ends says that the model comes back, and can be tried again', async () => {
    chat.engine.answer = { pieces: ['Half an '], error: 'The process was killed by SIGKILL.' };
    await chat.open();
    await chat.ask('Fail');
    expect(await chat.answers.getByRole('alert').textContent()).toMatch(
      /^The model crashed and is restarting\. Try again\./,
    );
    await chat.answers.getByText('Half an').waitFor();
    chat.engine.answer = { pieces: ['All of it.'] };
    await chat.button('Try again').click();
    await chat.answers.getByText('All of it.').waitFor();
    expect(await chat.answers.count()).toBe(1);
  });
});

describe('a server that goes', () => {
  it('in the middle of an answer is told at once, and so is that it is back', async () => {
    chat.engine.answer = { pieces: ['tick '], endless: true };
    const server = await servePage(chat.engine);
    await chat.page.goto(server.url);
    await chat.send('Go on');
    await chat.answers.getByText('tick').waitFor();
    await server.close();
    const banner = chat.page.locator('.banner.failed');
    // Sooner than the page looks by itself.
    await banner.getByText('Is it still running?').waitFor({ timeout: 5000 });
    await using _again = await servePage(chat.engine, {}, Number(new URL(server.url).port));
    await banner.waitFor({ state: 'detached' });
  });
});

describe('the page', () => {
  it('says that the model loads, then lets questions be asked', async () => {
    const readiness = new Readiness();
    readiness.loading('Downloading the model', 0.4);
    await using server = await servePage(chat.engine, { readiness });
    await chat.page.goto(server.url);
    await chat.page.getByText('Downloading the model').waitFor();
    expect(await chat.page.getByRole('progressbar').getAttribute('value')).toBe('0.4');
    expect(await chat.button('What is the capital of France?').isDisabled()).toBe(true);
    readiness.ready();
    await chat.button('What is the capital of France?').click();
    await chat.answers.getByText('Hello.').waitFor();
    await chat.button('Model: parrot').waitFor();
  });

  it('asks what was sent while the model loads as soon as it is ready', async () => {
    const readiness = new Readiness();
    readiness.loading('Downloading the model', 0.4);
    await using server = await servePage(chat.engine, { readiness });
    await chat.page.goto(server.url);
    await chat.input.fill('Hello?');
    await chat.page.keyboard.press('Enter');
    await chat.page.getByText('Your question is asked as soon as the model is ready.').waitFor();
    await chat.input.fill('Hello, parrot?');
    expect(await chat.page.getByText('Your question is asked').count()).toBe(0);
    await chat.page.keyboard.press('Enter');
    readiness.ready();
    await chat.answers.getByText('Hello.').waitFor();
    expect(await chat.page.locator('.question').allTextContents()).toEqual(['Hello, parrot?']);
    expect(await chat.input.inputValue()).toBe('');
  });

  it('works below a base path', async () => {
    await using server = await servePage(chat.engine, { basePath: '/llm/' });
    await chat.page.goto(`${server.url}/llm/`);
    await chat.page.getByPlaceholder('Ask anything').waitFor();
    await chat.ask('Hello');
    await chat.answers.getByText('Hello.').waitFor();
    expect(chat.complaints).toEqual([]);
  });

  it('breaks lines with Shift+Enter and sends with Enter', async () => {
    await chat.open();
    await chat.input.pressSequentially('one');
    await chat.page.keyboard.press('Shift+Enter');
    await chat.input.pressSequentially('two');
    expect(await chat.answers.count()).toBe(0);
    await chat.page.keyboard.press('Enter');
    await chat.answers.getByText('Hello.').waitFor();
    expect(await chat.page.locator('.question').textContent()).toBe('one\ntwo');
    expect(await chat.input.inputValue()).toBe('');
  });

  it('copies an answer', async () => {
    await chat.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await chat.open();
    await chat.ask('Hello');
    await chat.answers.getByRole('button', { name: 'Copy' }).click();
    await chat.button('Copied').waitFor();
    expect(await chat.page.evaluate(() => navigator.clipboard.readText())).toBe('Hello.');
  });

  it('switches between light and dark and remembers it', async () => {
    await chat.page.emulateMedia({ colorScheme: 'light' });
    await chat.open();
    const background = () =>
      chat.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await chat.button('Switch to dark colours').click();
    const dark = await background();
    expect(dark).not.toBe(light);
    await chat.page.reload();
    expect(await background()).toBe(dark);
  });

  it('shows what the server is doing, by the second', async () => {
    await chat.open();
    await chat.button('Live statistics').click();
    const charts = chat.page.getByRole('dialog').getByRole('figure');
    await expect
      .poll(() => charts.first().textContent(), { timeout: 5000 })
      .toMatch(/^Tokens per second[1-9]/);
    expect(await charts.allTextContents()).toEqual([
      expect.anything(),
      'Running requests1',
      'Waiting requests2',
      'Prompt tokens from the prefix cache0 %',
      'Memory512 MiB',
      'Prefix cache1 MiB',
    ]);
  });

  it('reads text files into a question, and refuses others', async () => {
    await chat.open();
    const files = chat.page.getByLabel('Images and text files', { exact: true });
    await files.setInputFiles({
      name: 'sound.wav',
      mimeType: 'audio/wav',
      buffer: Buffer.from([255, 0]),
    });
    expect(await chat.page.getByRole('alert').textContent()).toContain('sound.wav is not a text');
    await files.setInputFiles({
      name: 'notes.md',
      mimeType: '',
      buffer: Buffer.from('a ```b``` c'),
    });
    await chat.ask('Sum it up');
    expect(chat.engine.shown).toEqual([
      ['user', 'File notes.md:\n````\na ```b``` c\n````\n\nSum it up'],
    ]);
    expect(await chat.page.locator('.file').textContent()).toBe('notes.md');
  });
});
