import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';

const chat = pageTests();

/** Longer than the page waits before it writes. */
const WRITTEN_MS = 600;

async function kept(): Promise<void> {
  await chat.page.waitForTimeout(WRITTEN_MS);
  await chat.page.reload();
  await chat.page.getByPlaceholder('Ask anything').waitFor();
}

const titles = () => chat.page.locator('.conversation-title').allTextContents();

describe('conversations', () => {
  it('are kept, found, renamed and deleted', async () => {
    await chat.open();
    await chat.ask('About apples');
    await chat.button('New chat').click();
    await chat.page.getByText('What would you like to know?').waitFor();
    await chat.ask('About pears');
    await kept();
    expect(await titles()).toEqual(['About pears', 'About apples']);

    await chat.page.getByLabel('Search chats').fill('apples hello');
    expect(await titles()).toEqual(['About apples']);
    await chat.button('About apples').click();
    await chat.answers.getByText('Hello.').waitFor();

    await chat.page.getByLabel('Search chats').fill('');
    await chat.button('More for About pears').click();
    await chat.button('Rename').click();
    await chat.page.getByLabel('Name of the chat').fill('Fruit');
    await chat.page.keyboard.press('Enter');
    await chat.button('More for About apples').click();
    await chat.button('Delete').click();
    await kept();
    expect(await titles()).toEqual(['Fruit']);
  });

  it('are exported and imported', async () => {
    await chat.open();
    await chat.ask('Take me along');
    await chat.button('More for Take me along').click();
    const markdown = chat.page.waitForEvent('download');
    await chat.button('Export as Markdown').click();
    expect(await readFile(await (await markdown).path(), 'utf8')).toBe(
      '# Take me along\n\n**You**\n\nTake me along\n\n**acme/parrot**\n\nHello.\n',
    );
    const all = chat.page.waitForEvent('download');
    await chat.button('Export all').click();
    const file = await readFile(await (await all).path());

    const imports = chat.page.getByLabel('File with chats');
    await imports.setInputFiles({
      name: 'wrong.json',
      mimeType: '',
      buffer: Buffer.from('{"a":1}'),
    });
    expect(await chat.page.locator('.sidebar').getByRole('alert').textContent()).toBe(
      'wrong.json cannot be imported. It is not a file that this page exported.',
    );
    await imports.setInputFiles({ name: 'chats.json', mimeType: '', buffer: file });
    await expect.poll(titles).toEqual(['Take me along', 'Take me along']);
  });

  it('go on writing while another one is read', async () => {
    chat.engine.answer = { pieces: ['tick '], endless: true };
    await chat.open();
    await chat.send('Slow');
    await chat.answers.getByText('tick').waitFor();
    await chat.button('New chat').click();
    chat.engine.answer = { pieces: ['Quick.'] };
    await chat.ask('Fast');
    expect(await chat.page.getByRole('img', { name: 'Answering' }).count()).toBe(1);
    expect(chat.engine.running).toBe(1);
    await chat.page.locator('.conversation-title', { hasText: 'Slow' }).click();
    await chat.button('Stop').click();
    await expect.poll(() => chat.engine.running).toBe(0);
  });
});

describe('a turn', () => {
  it('is asked anew in place of an edited question, and both stay', async () => {
    await chat.open();
    await chat.ask('First');
    await chat.page.locator('.question').hover();
    await chat.button('Edit').click();
    chat.engine.answer = { pieces: ['Second answer.'] };
    await chat.page.getByLabel('Edit the question').fill('Second');
    await chat.page.keyboard.press('Enter');
    await chat.answers.getByText('Second answer.').waitFor();
    expect(chat.engine.shown).toEqual([['user', 'Second']]);
    await chat.button('Previous variant').click();
    expect(await chat.page.locator('.question').textContent()).toBe('First');
    await chat.answers.getByText('Hello.').waitFor();
    await kept();
    await chat.button('Second').click();
    expect(await chat.page.locator('.question').textContent()).toBe('First');
  });

  it('has every answer that was written to it', async () => {
    await chat.open();
    await chat.ask('Again');
    chat.engine.answer = { pieces: ['Good day.'] };
    await chat.button('Try again').click();
    await chat.answers.getByText('Good day.').waitFor();
    await chat.button('Previous variant').click();
    await chat.answers.getByText('Hello.').waitFor();
    await chat.ask('And then?');
    expect(chat.engine.shown).toEqual([
      ['user', 'Again'],
      ['assistant', 'Hello.'],
      ['user', 'And then?'],
    ]);
  });

  it('is taken out, and what followed stays', async () => {
    await chat.open();
    await chat.ask('One');
    await chat.ask('Two');
    await chat.page.locator('.question').first().hover();
    await chat.button('Delete this turn').first().click();
    expect(await chat.page.locator('.question').allTextContents()).toEqual(['Two']);
    await chat.ask('Three');
    expect(chat.engine.shown.map(([, text]) => text)).toEqual(['Two', 'Hello.', 'Three']);
  });

  it.each([
    ['before its first token', [] as string[]],
    ['in the middle', ['Half an ']],
  ])('stopped %s stays out of what the model is shown', async (_, pieces) => {
    chat.engine.answer = { pieces, error: 'The process was killed.' };
    await chat.open();
    await chat.ask('Lost');
    await chat.page.getByText('The model does not see this turn').waitFor();
    chat.engine.answer = { pieces: ['Hello.'] };
    await chat.ask('Found');
    expect(chat.engine.shown).toEqual([['user', 'Found']]);
  });

  it('that was cut is continued where it ended', async () => {
    chat.engine.answer = { pieces: ['Once upon '], finishReason: 'length' };
    await chat.open();
    await chat.ask('A story');
    expect(await chat.page.getByRole('note').textContent()).toContain('maximum number of tokens');
    chat.engine.answer = { pieces: ['a time.'] };
    await chat.button('Continue').click();
    await chat.answers.getByText('Once upon a time.').waitFor();
    expect(chat.engine.asked.at(-1)).toMatchObject({ continueFinalMessage: true });
    expect(chat.engine.shown.at(-1)).toEqual(['assistant', 'Once upon ']);
    expect(await chat.button('Continue').count()).toBe(0);
  });
});

describe('the context', () => {
  it('has a gauge, and a way out when it is full', async () => {
    await chat.open();
    await chat.ask('One');
    expect(await chat.page.getByRole('meter').getAttribute('aria-label')).toBe(
      '11 of 128 tokens of context',
    );
    await chat.ask('Two');
    chat.engine.answer = { pieces: ['More'], finishReason: 'length', promptTokens: 127 };
    await chat.ask('Three');
    expect(await chat.page.getByRole('note').textContent()).toContain('The context is full');
    expect(await chat.page.locator('.gauge').getAttribute('data-full')).toBe('true');
    chat.engine.answer = { pieces: ['Room again.'] };
    await chat.button('Leave out the older half').click();
    await chat.page.getByText('The model does not see what is above.').waitFor();
    await chat.ask('Four');
    expect(chat.engine.shown.map(([, text]) => text)).toEqual(['Three', 'More', 'Four']);
  });
});
