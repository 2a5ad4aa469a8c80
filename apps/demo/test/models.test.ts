import { expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';

const chat = pageTests();

it('offers every model, and asks the one that was chosen', async () => {
  chat.engine.models = ['acme/parrot', 'acme/owl'];
  await chat.open();
  await chat.button('Model: parrot').click();
  const menu = chat.page.getByRole('group', { name: 'Models' });
  expect(await menu.getByRole('listitem').first().textContent()).toContain(
    'loaded · context 128 · 4-bit',
  );
  expect(await menu.textContent()).toContain('mlx-serve pull owner/name');
  expect(await menu.getByRole('button', { name: 'Unload owl', exact: true }).count()).toBe(1);
  await menu.getByRole('button', { name: /^owl/ }).click();
  await chat.ask('Hello');
  expect(chat.engine.asked.at(-1)?.model).toBe('acme/owl');
  expect(await chat.page.getByRole('article', { name: 'owl' }).count()).toBe(1);
  await chat.page.waitForTimeout(600);
  await chat.page.reload();
  await chat.button('Hello').click();
  await chat.button('Model: owl').waitFor();
});

it('shows what is not in memory, and has it loaded or started again', async () => {
  const states = { 'acme/parrot': 'failed', 'acme/owl': 'unloaded', 'acme/crow': 'loading' };
  const asked: unknown[] = [];
  await chat.page.route('**/v1/models', (route) =>
    route.fulfill({
      json: { data: Object.entries(states).map(([id, state]) => ({ id, state })) },
    }),
  );
  await chat.page.route('**/v1/models/load', (route) => {
    asked.push(route.request().postDataJSON());
    return route.fulfill({ status: 507, json: { error: { message: 'There is no room for it.' } } });
  });
  await chat.open();
  await chat.button('Model: parrot').click();
  const menu = chat.page.getByRole('group', { name: 'Models' });
  expect(await menu.getByRole('listitem').allTextContents()).toEqual([
    'parrotstopped workingStart again',
    'owlon diskLoad',
    'crowloading…',
  ]);
  await chat.button('Start again parrot').click();
  await menu.getByRole('alert').waitFor();
  expect(await menu.getByRole('alert').textContent()).toBe('There is no room for it.');
  expect(asked).toEqual([{ model: 'acme/parrot', wait: false }]);
});

it('asks the model that is in memory, unless another was chosen, and lets it go', async () => {
  const states = { 'acme/parrot': 'unloaded', 'acme/owl': 'loaded' };
  const asked: string[] = [];
  await chat.page.route('**/v1/models', (route) =>
    route.fulfill({
      json: { data: Object.entries(states).map(([id, state]) => ({ id, state })) },
    }),
  );
  await chat.page.route('**/v1/models/unload', (route) => {
    asked.push(JSON.stringify(route.request().postDataJSON()));
    return route.fulfill({ json: { id: 'acme/owl', state: 'unloaded' } });
  });
  await chat.open();
  await chat.button('Model: owl').click();
  await chat.button('Unload owl').click();
  await expect.poll(() => asked).toEqual(['{"model":"acme/owl"}']);
});
