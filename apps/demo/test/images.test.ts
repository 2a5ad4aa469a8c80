import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';

const chat = pageTests();

/** A PNG of one pixel, in base64. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pixel = { name: 'pixel.png', mimeType: 'image/png', buffer: Buffer.from(PIXEL, 'base64') };
const url = `data:image/png;base64,${PIXEL}`;
const shown = { type: 'image', image: url };

const SEEING = 'acme/owl';
const BLIND = 'acme/parrot';

beforeEach(async () => {
  chat.engine.models = [SEEING, BLIND];
  chat.engine.seeing = [SEEING];
  await chat.open();
});

const picked = () => chat.page.getByLabel('Images and text files', { exact: true });
const toSend = () => chat.page.getByRole('list', { name: 'Files to send' }).getByRole('img');
const alert = () => chat.page.locator('.composer').getByRole('alert');

/** Has the browser drop files on an element, or paste them there. */
async function give(
  way: 'drop' | 'paste',
  target: string,
  files: { name: string; type: string; base64: string }[],
  text?: string,
): Promise<void> {
  await chat.page.evaluate(
    ([kind, selector, given, words]) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0);
        data.items.add(new File([bytes], name, { type }));
      }
      if (words !== undefined) data.setData('text/plain', words);
      const options = { bubbles: true, cancelable: true };
      const event =
        kind === 'drop'
          ? new DragEvent('drop', { ...options, dataTransfer: data })
          : new ClipboardEvent('paste', { ...options, clipboardData: data });
      document.querySelector(selector)?.dispatchEvent(event);
    },
    [way, target, files, text] as const,
  );
}

const file = { name: 'photo.png', type: 'image/png', base64: PIXEL };

describe('an image', () => {
  it.each([
    ['dropped anywhere on the page', () => give('drop', '.chat', [file])],
    ['pasted into the question', () => give('paste', '#composer-input', [file])],
    ['picked', () => picked().setInputFiles(pixel)],
  ] as const)('is shown to the model, and stays in the conversation: %s', async (_, attach) => {
    await attach();
    await toSend().waitFor();
    await chat.ask('What is it?');
    const asked = { role: 'user', content: [shown, { type: 'text', text: 'What is it?' }] };
    expect(chat.engine.asked.at(-1)?.messages).toEqual([asked]);
    const thumbnail = chat.page.getByRole('article', { name: 'You' }).getByRole('img');
    expect(await thumbnail.getAttribute('src')).toBe(url);
    expect(await thumbnail.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    expect(await toSend().count()).toBe(0);
    await chat.ask('Sure?');
    expect(chat.engine.asked.at(-1)?.messages).toEqual([
      asked,
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'Sure?' },
    ]);
    expect(chat.complaints).toEqual([]);
  });

  it('may be sent without a word, several at once, and be taken away before', async () => {
    await give('drop', '.chat', [
      file,
      { ...file, name: 'other.png' },
      { ...file, name: 'no.png' },
    ]);
    await toSend().nth(2).waitFor();
    await chat.button('Remove no.png').focus();
    await chat.page.keyboard.press('Enter');
    await expect.poll(() => toSend().count()).toBe(2);
    expect(await chat.page.evaluate(() => document.activeElement?.id)).toBe('composer-input');
    await chat.page.keyboard.press('Enter');
    await chat.answers.getByText('Hello.').waitFor();
    expect(chat.engine.asked.at(-1)?.messages?.[0]?.content).toEqual([shown, shown]);
    expect(await chat.page.locator('.conversation-title').textContent()).toBe('photo.png');
  });

  it('is kept in this browser, and comes along in exported and imported files', async () => {
    await picked().setInputFiles(pixel);
    await toSend().waitFor();
    await chat.ask('Keep it');
    await chat.page.waitForTimeout(600);
    await chat.page.reload();
    await chat.button('Keep it').click();
    const image = chat.page.getByRole('article', { name: 'You' }).getByRole('img');
    expect(await image.getAttribute('src')).toBe(url);
    const all = chat.page.waitForEvent('download');
    await chat.button('Export all').click();
    const exported = await readFile(await (await all).path());
    await chat.button('More for Keep it').click();
    const markdown = chat.page.waitForEvent('download');
    await chat.button('Export as Markdown').click();
    expect(await readFile(await (await markdown).path(), 'utf8')).toContain(
      '*Attached: pixel.png*\n\nKeep it',
    );
    await chat.button('More for Keep it').click();
    await chat.button('Delete').click();
    const imports = chat.page.getByLabel('File with chats');
    await imports.setInputFiles({ name: 'chats.json', mimeType: '', buffer: exported });
    await chat.button('Keep it').click();
    expect(await image.getAttribute('src')).toBe(url);
  });

  it('of an imported file is never fetched from elsewhere', async () => {
    await picked().setInputFiles(pixel);
    await toSend().waitFor();
    await chat.ask('Keep it');
    const all = chat.page.waitForEvent('download');
    await chat.button('Export all').click();
    const exported = await readFile(await (await all).path(), 'utf8');
    const foreign = exported.replace(url, 'https://evil.example/a.png');
    await chat.page.getByLabel('File with chats').setInputFiles({
      name: 'chats.json',
      mimeType: '',
      buffer: Buffer.from(foreign),
    });
    await chat.page.locator('.sidebar').getByRole('alert').waitFor();
    expect(chat.foreignRequests).toEqual([]);
  });
});

describe('what cannot be shown is told before it is sent', () => {
  it('to a model that reads text only', async () => {
    await chat.button('Model: owl').click();
    await chat.page.getByRole('button', { name: /^parrot/ }).click();
    await picked().setInputFiles(pixel);
    await alert().waitFor();
    expect(await alert().textContent()).toBe(
      'parrot reads text only. Choose a model that sees images, or remove the image.',
    );
    await chat.input.fill('What is it?');
    expect(await chat.button('Send').isDisabled()).toBe(true);
    await chat.button('Model: parrot').click();
    await chat.page.getByRole('button', { name: /^owl/ }).click();
    await expect.poll(() => alert().count()).toBe(0);
    expect(await chat.button('Send').isEnabled()).toBe(true);
  });

  it('to one that reads text only, of an image earlier in the chat', async () => {
    await picked().setInputFiles(pixel);
    await toSend().waitFor();
    await chat.ask('What is it?');
    await chat.button('Model: owl').click();
    await chat.page.getByRole('button', { name: /^parrot/ }).click();
    await chat.ask('And now?');
    expect(await chat.answers.last().getByRole('alert').textContent()).toContain(
      'parrot reads text only, and there are images in this chat',
    );
    expect(chat.engine.asked.length).toBe(1);
  });

  it('of a picture that is too large', async () => {
    const wide = Buffer.from(PIXEL, 'base64');
    wide.writeUInt32BE(30_000, 16);
    wide.writeUInt32BE(30_000, 20);
    await picked().setInputFiles({ ...pixel, name: 'wide.png', buffer: wide });
    await alert().waitFor();
    expect(await alert().textContent()).toContain('wide.png: The image has 30000 x 30000 pixels');
    const heavy = Buffer.concat([pixel.buffer, Buffer.alloc(21 * 1024 * 1024)]);
    await picked().setInputFiles({ ...pixel, name: 'heavy.png', buffer: heavy });
    await expect.poll(() => alert().textContent()).toContain('20,971,520 are allowed');
    expect(await toSend().count()).toBe(0);
  });
});

it('text that office programs paste beside a picture of it is pasted as text', async () => {
  await give('paste', '#composer-input', [file], 'words');
  expect(await toSend().count()).toBe(0);
});

it.each([
  ['a desk', { width: 1200, height: 800 }],
  ['a phone', { width: 360, height: 640 }],
])('is without faults for a screen reader and fits %s', async (_, size) => {
  await chat.page.setViewportSize(size);
  const faults = async () => {
    await chat.page.evaluate(axe.source);
    return chat.page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
  };
  await give('drop', '.chat', [file, { ...file, name: 'a-very-long-name-of-a-photo.png' }]);
  await toSend().nth(1).waitFor();
  expect(await chat.page.getByText('To send: photo.png, a-very-long').textContent()).toBe(
    'To send: photo.png, a-very-long-name-of-a-photo.png',
  );
  expect(await faults()).toEqual([]);
  await chat.ask('What are they?');
  expect(await faults()).toEqual([]);
  const overflow = await chat.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
