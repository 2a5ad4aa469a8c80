import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';

const chat = pageTests({ mcpServers: { files: 'http://127.0.0.1:9/mcp' } });

/** What a screen reader or a keyboard would stumble over. */
async function faults(): Promise<readonly string[]> {
  await chat.page.evaluate(axe.source);
  return chat.page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

const focused = () => chat.page.evaluate(() => document.activeElement?.id);

const answer = {
  pieces: [
    '# Title\n\n```js\nlet a = 1;\n```\n\n|a|b|\n|-|-|\n|1|2|\n\n$$x^2$$\n\n- [link](https://a.example)',
  ],
  reasoning: 'Hm.',
};

describe.each(['light', 'dark'] as const)('in %s colours, no fault is', (colorScheme) => {
  it('in an empty page, a chat, its layers and menus', async () => {
    await chat.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    chat.engine.answer = answer;
    await chat.open();
    expect(await faults()).toEqual([]);
    await chat.ask('Show me');
    await chat.button('Try again').click();
    await chat.button('Previous variant').waitFor();
    await chat.answers.locator('math').waitFor();
    expect(await faults()).toEqual([]);
    for (const layer of ['Settings', 'Structured output', 'Live statistics']) {
      await chat.button(layer).click();
      await chat.page.getByRole('dialog').waitFor();
      expect(await faults()).toEqual([]);
      await chat.button('Close').click();
    }
    for (const menu of [/^Model:/, 'Tools', 'More for Show me']) {
      await chat.button(menu).click();
      expect(await faults()).toEqual([]);
      await chat.page.keyboard.press('Escape');
    }
  });
});

it('has the focus where the next question is written, whatever was pressed', async () => {
  await chat.open();
  await expect.poll(focused).toBe('composer-input');
  await chat.button('What is the capital of France?').focus();
  await chat.page.keyboard.press('Enter');
  await expect.poll(focused).toBe('composer-input');
  await chat.button('Send').waitFor();
  await chat.button('Try again').focus();
  await chat.page.keyboard.press('Enter');
  await chat.button('Next variant').waitFor();
  await expect.poll(focused).toBe('composer-input');
  await chat.button('New chat').focus();
  await chat.page.keyboard.press('Enter');
  await expect.poll(focused).toBe('composer-input');
  await chat.button('Settings').focus();
  await chat.page.keyboard.press('Enter');
  await chat.page.keyboard.press('Escape');
  expect(await chat.button('Settings').evaluate((one) => one === document.activeElement)).toBe(
    true,
  );
});

it('names who speaks', async () => {
  await chat.open();
  await chat.ask('Hello');
  expect(await chat.page.getByRole('article', { name: 'You' }).textContent()).toContain('Hello');
  expect(await chat.page.getByRole('article', { name: 'parrot' }).textContent()).toContain(
    'Hello.',
  );
});

it('fits a phone without scrolling sideways, with room for fingers', async () => {
  await chat.page.setViewportSize({ width: 360, height: 640 });
  chat.engine.answer = {
    pieces: [
      `\`\`\`\n${'long '.repeat(80)}\n\`\`\`\n\n${'word'.repeat(60)}\n\n$$${'x+'.repeat(90)}x$$`,
    ],
  };
  const overflow = () =>
    chat.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  await chat.open();
  await chat.ask('Hello '.repeat(30));
  await chat.answers.getByText(/^\d+ tokens?$/).waitFor();
  expect(await overflow()).toBe(0);
  for (const name of ['List of chats', 'Start a new chat', 'Settings', 'Send', /^Model/]) {
    const box = await chat.button(name).boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(40);
  }
  for (const layer of ['Settings', 'Structured output']) {
    await chat.button(layer).click();
    expect(await overflow()).toBe(0);
    await chat.button('Close').click();
  }
  await chat.button('List of chats').click();
  await chat.page.locator('.conversation-title').waitFor();
  expect(await overflow()).toBe(0);
  await chat.page.keyboard.press('Escape');
  await expect.poll(() => chat.page.locator('.sidebar').isVisible()).toBe(false);
});
