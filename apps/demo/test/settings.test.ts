import { expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';

const chat = pageTests();

async function openSettings(): Promise<void> {
  await chat.open();
  await chat.button('Settings').click();
}

const field = (name: string) => chat.page.getByLabel(name, { exact: true });

it('shows the model’s own values, and sends none of what is empty', async () => {
  await openSettings();
  expect(await field('Temperature').getAttribute('placeholder')).toBe('0.6');
  expect(await field('Top P').getAttribute('placeholder')).toBe('0.95');
  await chat.button('Close').click();
  const sent = chat.page.waitForRequest((request) => request.url().endsWith('/chat/completions'));
  await chat.ask('Hello');
  expect(Object.keys((await sent).postDataJSON()).toSorted()).toEqual([
    'messages',
    'model',
    'stream',
    'stream_options',
  ]);
});

it('asks calmly where a model’s makers advise nothing, and shows how', async () => {
  chat.engine.advice = {};
  await openSettings();
  expect(await field('Temperature').getAttribute('placeholder')).toBe('0.4');
  await field('Top P').fill('1');
  await chat.button('Save').click();
  await chat.ask('Hello');
  expect(chat.engine.asked.at(-1)).toMatchObject({ temperature: 0.4, topP: 1 });
});

it('validates with the messages of the API, at the field', async () => {
  await openSettings();
  await field('Temperature').fill('3');
  await chat.page.getByText('Number must be less than or equal to 2').waitFor();
  expect(await field('Temperature').getAttribute('aria-invalid')).toBe('true');
  await field('Maximum tokens').fill('200000');
  await chat.page.getByText('Number must be less than or equal to 100000').waitFor();
  await chat.button('Save').click();
  await chat.page.getByRole('dialog').waitFor();
});

it('sends everything that is set, keeps it per chat, and takes it along to the next', async () => {
  await openSettings();
  const values = {
    Temperature: '0',
    'Top P': '0.8',
    'Top K': '5',
    'Min P': '0.1',
    'Repetition penalty': '1.1',
    'Presence penalty': '0.5',
    'Frequency penalty': '-0.5',
    'Maximum tokens': '50',
    Seed: '42',
    'System prompt': 'Be brief.',
    'Stop texts': 'END\nSTOP',
  };
  for (const [name, value] of Object.entries(values)) await field(name).fill(value);
  await chat.button('Save').click();
  await chat.ask('Hello');
  expect(chat.engine.asked.at(-1)).toMatchObject({
    temperature: 0,
    topP: 0.8,
    topK: 5,
    minP: 0.1,
    repetitionPenalty: 1.1,
    presencePenalty: 0.5,
    frequencyPenalty: -0.5,
    maxTokens: 50,
    seed: 42,
    stopSequences: ['END', 'STOP'],
  });
  expect(chat.engine.shown).toEqual([
    ['system', 'Be brief.'],
    ['user', 'Hello'],
  ]);
  await chat.button('New chat').click();
  await chat.button('Settings').click();
  expect(await field('Seed').inputValue()).toBe('42');
  await chat.button('Reset').click();
  expect(await field('Seed').inputValue()).toBe('');
  expect(await field('System prompt').inputValue()).toBe('');
  await chat.button('Save').click();
  await chat.ask('Again');
  expect(chat.engine.asked.at(-1)).not.toHaveProperty('seed');
  await chat.button('Hello').click();
  await chat.button('Settings').click();
  expect(await field('Seed').inputValue()).toBe('42');
});

it('has Escape for itself, and asks before it drops what was written', async () => {
  chat.engine.answer = { pieces: ['tick '], endless: true };
  await chat.open();
  await chat.send('Go on');
  await chat.answers.getByText('tick').waitFor();
  await chat.button('Settings').click();
  await field('System prompt').fill('A long text');
  await chat.page.keyboard.press('Escape');
  expect(await chat.page.getByRole('alert').textContent()).toContain('not saved');
  expect(await field('System prompt').inputValue()).toBe('A long text');
  await chat.page.keyboard.press('Escape');
  expect(await chat.page.getByRole('dialog').count()).toBe(0);
  await chat.button('Stop').waitFor();
});
