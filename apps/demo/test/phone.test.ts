import { afterEach, describe, expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';

const chat = pageTests(
  {},
  { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true },
);

/** Whatever is shown, nothing sticks out at the side. */
async function fits(): Promise<void> {
  const overflow = await chat.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
}

afterEach(fits);

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
    expect(await chat.page.getByRole('meter').isVisible()).toBe(true);
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
});
