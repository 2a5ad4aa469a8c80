import { expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';
import { toolServer } from './support/tool-server.js';

const { servers, keys } = toolServer();
const chat = pageTests({ mcpServers: servers });

async function offerTools(): Promise<void> {
  await chat.open();
  await chat.button('Tools').click();
  await chat.page.getByLabel('sums').check();
  await chat.page.keyboard.press('Escape');
  await chat.button('Tools (1)').waitFor();
}

const call = (name: string, text: string) => ({ pieces: [], call: { name, arguments: text } });

it('shows a call, asks, runs it and gives the model what came of it', async () => {
  chat.engine.next = [call('add', '{"a":1,"b":2}')];
  chat.engine.answer = { pieces: ['It is 3.'] };
  await offerTools();
  await chat.send('What is 1 + 2?');
  const shown = chat.page.getByRole('region', { name: 'Tool call add' });
  await shown.getByRole('button', { name: 'Allow', exact: true }).waitFor();
  expect(await shown.getByLabel('Arguments').textContent()).toBe('{\n  "a": 1,\n  "b": 2\n}');
  expect(chat.engine.asked).toHaveLength(1);
  await shown.getByRole('button', { name: 'Allow', exact: true }).click();
  await chat.answers.getByText('It is 3.').waitFor();
  expect(chat.engine.asked[0]?.tools?.map((tool) => tool.name)).toEqual([
    'add',
    'fail',
    'read',
    'count',
  ]);
  expect(chat.engine.shown.at(-1)).toEqual(['tool', '3']);
  expect(chat.complaints).toEqual([]);
});

it('is refused, or allowed for the chat', async () => {
  chat.engine.next = [call('add', '{"a":1,"b":1}'), { pieces: ['Well.'] }];
  await offerTools();
  await chat.send('Add');
  await chat.button('Refuse').click();
  await chat.answers.getByText('Well.').waitFor();
  expect(chat.engine.shown.at(-1)).toEqual(['tool', 'The user did not allow this call.']);

  chat.engine.next = [call('add', '{"a":2,"b":2}'), call('add', '{"a":3,"b":3}')];
  chat.engine.answer = { pieces: ['Done.'] };
  await chat.send('Add twice');
  await chat.button('Always in this chat').click();
  await chat.answers.getByText('Done.').waitFor();
  expect(chat.engine.shown.filter(([role]) => role === 'tool').map(([, text]) => text)).toEqual([
    'The user did not allow this call.',
    '4',
    '6',
  ]);
});

it('tells the model of a tool that failed, and of one that is not there', async () => {
  chat.engine.next = [call('fail', '{}'), call('invented', '{}')];
  chat.engine.answer = { pieces: ['Sorry.'] };
  await offerTools();
  await chat.send('Try');
  await chat.button('Allow').click();
  await chat.answers.getByText('Sorry.').waitFor();
  expect(chat.engine.shown.filter(([role]) => role === 'tool').map(([, text]) => text)).toEqual([
    'No luck',
    'There is no tool named invented.',
  ]);
});

it('gives the model texts that are embedded, and names what it cannot read', async () => {
  chat.engine.next = [call('read', '{}'), call('count', '{}')];
  chat.engine.answer = { pieces: ['Read.'] };
  await offerTools();
  await chat.send('Read');
  await chat.button('Allow').click();
  await chat.page
    .getByRole('region', { name: 'Tool call count' })
    .getByRole('button', { name: 'Allow', exact: true })
    .click();
  await chat.answers.getByText('Read.').waitFor();
  expect(chat.engine.shown.filter(([role]) => role === 'tool').map(([, text]) => text)).toEqual([
    'What a.txt says\n[resource_link: file:///b.txt]\n[image]',
    '{"files":2}',
  ]);
});

it('is not made when the answer was cut inside it', async () => {
  chat.engine.next = [{ ...call('add', '{"a":1,'), finishReason: 'length' }];
  await offerTools();
  await chat.send('Add');
  await chat.answers.getByText('The answer reached the maximum number of tokens.').waitFor();
  expect(await chat.button('Allow').count()).toBe(0);
  expect(chat.engine.asked).toHaveLength(1);
});

it('is asked about until the answer is stopped', async () => {
  chat.engine.next = [call('add', '{"a":1,"b":2}')];
  await offerTools();
  await chat.send('Add');
  await chat.button('Allow').waitFor();
  await chat.page.keyboard.press('Escape');
  await chat.answers.getByText('Stopped').waitFor();
  expect(await chat.button('Allow').count()).toBe(0);
});

it('reaches the servers that were named, without this server’s keys', async () => {
  await chat.open();
  const status = await chat.page.evaluate(async () => (await fetch('./v1/mcp/other')).status);
  expect(status).toBe(404);
  expect(keys.every((key) => key === undefined)).toBe(true);
});
