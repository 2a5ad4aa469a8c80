import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';
import { toolServer } from './support/tool-server.js';

const { servers } = toolServer();
const chat = pageTests(
  { mcpServers: servers },
  { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true },
);

const FINGER_PIXELS = 40;
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Whatever is shown, nothing sticks out at the side. */
async function fits(): Promise<void> {
  const overflow = await chat.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
}

afterEach(fits);

/** As large as a finger needs. */
async function isForFingers(name: string): Promise<void> {
  const box = await chat.button(name).last().boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(FINGER_PIXELS);
}

const openList = () => chat.button('List of chats').tap();

describe('on a phone', () => {
  it('chats are found, renamed, exported and deleted', async () => {
    await chat.open();
    await chat.ask('About apples');
    await chat.button('Start a new chat').tap();
    await chat.ask('About pears');
    await openList();
    await chat.page.getByLabel('Search chats').fill('apples');
    await chat.button('About apples').tap();
    await expect.poll(() => chat.page.locator('.sidebar').isVisible()).toBe(false);
    expect(await chat.page.locator('.question').textContent()).toBe('About apples');

    await openList();
    await chat.page.getByLabel('Search chats').fill('');
    await isForFingers('More for About pears');
    await chat.button('More for About pears').tap();
    await fits();
    await chat.button('Rename').tap();
    await chat.page.getByLabel('Name of the chat').fill('Fruit');
    await chat.page.keyboard.press('Enter');
    await chat.button('More for Fruit').tap();
    const file = chat.page.waitForEvent('download');
    await chat.button('Export as Markdown').tap();
    expect((await file).suggestedFilename()).toContain('Fruit');
    await chat.button('More for About apples').tap();
    await chat.button('Delete').tap();
    await expect
      .poll(() => chat.page.locator('.conversation-title').allTextContents())
      .toEqual(['Fruit']);
  });

  it('a turn is edited, answered anew, continued and deleted without a mouse', async () => {
    await chat.open();
    await chat.ask('First');
    await chat.page.locator('.question').tap();
    await chat.button('Edit').tap();
    await chat.page.getByLabel('Edit the question').fill('Second');
    chat.engine.answer = { pieces: ['Once upon '], finishReason: 'length' };
    await chat.page.keyboard.press('Enter');
    await chat.answers.getByText('Once upon').waitFor();
    chat.engine.answer = { pieces: ['a time.'] };
    await chat.button('Continue').tap();
    await chat.answers.getByText('Once upon a time.').waitFor();
    chat.engine.answer = { pieces: ['Good day.'] };
    await chat.button('Try again').tap();
    await chat.answers.getByText('Good day.').waitFor();
    for (const name of ['Try again', 'Copy', 'Previous variant']) await isForFingers(name);
    await chat.button('Previous variant').last().tap();
    await chat.answers.getByText('Once upon a time.').waitFor();
    await chat.page.locator('.question').tap();
    await chat.button('Delete this turn').tap();
    await expect.poll(() => chat.page.locator('.question').allTextContents()).toEqual(['First']);
  });

  it('a model is chosen, settings are kept, tokens and context are told', async () => {
    chat.engine.models = ['acme/parrot', 'acme/a-model-with-quite-a-long-name-4bit'];
    await chat.open();
    await chat.button('Model: parrot').tap();
    await fits();
    await isForFingers('Unload parrot');
    await chat.page
      .getByRole('group', { name: 'Models' })
      .getByRole('button', { name: /^a-model/ })
      .tap();
    await chat.button('Settings').tap();
    await chat.page.getByLabel('Temperature', { exact: true }).fill('0.3');
    await fits();
    await chat.button('Save').tap();
    await chat.ask('Hello');
    expect(chat.engine.asked.at(-1)).toMatchObject({
      model: 'acme/a-model-with-quite-a-long-name-4bit',
      temperature: 0.3,
    });
    await chat.answers.getByText(/^\d+ tokens?$/).waitFor();
    await chat.page.getByRole('meter').waitFor();
  });

  it('thoughts fold, code and formulas scroll inside, the panel of the server opens', async () => {
    chat.engine.answer = {
      reasoning: 'Is it Paris?',
      pieces: [
        `It is.\n\n\`\`\`js\nconst x = '${'long '.repeat(40)}';\n\`\`\`\n\n$$${'x+'.repeat(60)}x$$`,
      ],
    };
    await chat.open();
    await chat.ask('Capital?');
    await chat.page
      .getByText(/^(Reasoning|Thought)/)
      .first()
      .tap();
    await chat.page.getByText('Is it Paris?').waitFor();
    await openList();
    await chat.button('Live statistics').tap();
    await chat.page.getByRole('dialog').getByText('Tokens per second').first().waitFor();
    await fits();
  });

  it('a call of a tool is shown, asked about and run', async () => {
    chat.engine.next = [
      { pieces: [], call: { name: 'add', arguments: `{"a":1,"b":2${',"c":3'.repeat(30)}}` } },
    ];
    chat.engine.answer = { pieces: ['It is 3.'] };
    await chat.open();
    await chat.button('Tools').tap();
    await fits();
    await chat.page.getByLabel('sums').tap();
    await chat.page.locator('.header').tap();
    await chat.button('Tools (1)').waitFor();
    await chat.send('What is 1 + 2?');
    await chat.button('Allow').waitFor();
    await fits();
    for (const name of ['Allow', 'Always in this chat', 'Refuse']) await isForFingers(name);
    await chat.button('Allow').tap();
    await chat.answers.getByText('It is 3.').waitFor();
    expect(chat.engine.shown.at(-1)).toEqual(['tool', '3']);
  });

  it('an image is picked, taken away, picked again and sent', async () => {
    chat.engine.seeing = chat.engine.models;
    await chat.open();
    const files = chat.page.getByLabel('Images and text files', { exact: true });
    const name = 'IMG_20261129_120000_a_long_name_of_a_camera.png';
    await files.setInputFiles({ name, mimeType: 'image/png', buffer: PIXEL });
    await isForFingers(`Remove ${name}`);
    await fits();
    await chat.button(`Remove ${name}`).tap();
    await expect.poll(() => chat.page.getByRole('list', { name: 'Files to send' }).count()).toBe(0);
    await files.setInputFiles({ name, mimeType: 'image/png', buffer: PIXEL });
    await chat.input.fill('What is it?');
    await chat.button('Send').tap();
    await chat.answers.getByText('Hello.').waitFor();
    expect(chat.engine.asked.at(-1)?.messages?.[0]?.content).toMatchObject([
      { type: 'image' },
      { type: 'text', text: 'What is it?' },
    ]);
    await chat.page.getByRole('article', { name: 'You' }).getByRole('img').waitFor();
  });

  it('a schema of one’s own is written and filled in', async () => {
    chat.engine.answer = { pieces: ['{"size": 3}'] };
    await chat.open();
    await chat.button('Structured output').tap();
    await chat.page
      .getByLabel('Schema', { exact: true })
      .fill(`z.object({ size: z.int().describe('${'long '.repeat(20)}') })`);
    await chat.page.getByLabel('Request').fill('How large?');
    await isForFingers('Run');
    await chat.button('Run').tap();
    await chat.page.getByText('Valid').waitFor();
    await chat.page.getByLabel('Answer', { exact: true }).scrollIntoViewIfNeeded();
    expect(await chat.page.getByLabel('Answer', { exact: true }).textContent()).toContain(
      '"size": 3',
    );
    await fits();
    await chat.button('Close').tap();
    expect(await chat.page.getByRole('dialog').count()).toBe(0);
  });

  it('chats come from a file, and what is no such file is told', async () => {
    await chat.open();
    await chat.ask('Take me along');
    await openList();
    const file = chat.page.waitForEvent('download');
    await chat.button('Export all').tap();
    const exported = await readFile(await (await file).path());
    const imports = chat.page.getByLabel('File with chats');
    await imports.setInputFiles({ name: 'a.json', mimeType: '', buffer: Buffer.from('{"a":1}') });
    await chat.page.locator('.sidebar').getByRole('alert').waitFor();
    await fits();
    await imports.setInputFiles({ name: 'chats.json', mimeType: '', buffer: exported });
    await expect
      .poll(() => chat.page.locator('.conversation-title').allTextContents())
      .toEqual(['Take me along', 'Take me along']);
  });

  it('thinking is switched off and on', async () => {
    await chat.open();
    await isForFingers('Think');
    await chat.button('Think').tap();
    await chat.ask('Quick');
    expect(chat.engine.asked.at(-1)?.reasoning).toEqual({ enabled: false });
    await chat.button('Think').tap();
    await chat.ask('Slow');
    expect(chat.engine.asked.at(-1)?.reasoning).toEqual({ enabled: true });
  });
});
