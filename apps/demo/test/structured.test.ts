import { expect, it } from 'vitest';
import { pageTests } from './support/page-tests.js';

const chat = pageTests();
const ADA = ['{"name": "Ada",', ' "age": 36,', ' "hobbies": ["books"]}'];

async function openPanel(): Promise<void> {
  await chat.open();
  await chat.button('Structured output').click();
}

const answer = () => chat.page.getByLabel('Answer', { exact: true });

it('fills an object in beside its zod schema, and checks it by that', async () => {
  chat.engine.answer = { pieces: ADA };
  await openPanel();
  await chat.button('Run').click();
  await chat.page.getByText('Valid').waitFor();
  expect(await answer().textContent()).toContain('"age": 36');
  expect(chat.complaints).toEqual([]);
});

it('takes a JSON Schema of one’s own, and says what is wrong with a schema', async () => {
  chat.engine.answer = { pieces: ['{"size": 3}'] };
  await openPanel();
  const source = chat.page.getByLabel('Schema', { exact: true });
  await source.fill('z.object({ size: z.bigint() })');
  await chat.button('Run').click();
  await chat.page.getByText('z.bigint() is not known here').waitFor();
  await source.fill('{"type": "object"');
  await chat.button('Run').click();
  await chat.page.getByText('The schema is not valid JSON: ').waitFor();
  expect(await chat.page.getByText('Not complete').count()).toBe(0);
  const schema = { enum: [{ size: 3 }, { size: 4 }], not: { const: { size: 4 } } };
  await source.fill(JSON.stringify(schema));
  await chat.button('Run').click();
  await chat.page.getByText('Valid').waitFor();
  expect(chat.engine.asked.at(-1)?.structured).toMatchObject({ schema });
});

it('says that an answer was cut at its maximum, and shows how far it came', async () => {
  chat.engine.answer = { pieces: ['{"name": "A'], finishReason: 'length' };
  await openPanel();
  await chat.button('Run').click();
  await chat.page.getByText('The answer reached the maximum number of tokens').waitFor();
  await chat.page.getByText('Not complete').waitFor();
  expect(await answer().textContent()).toBe('{"name": "A');
});

it('ends a run when the schema changes, stops on demand, and sends nothing that is empty', async () => {
  chat.engine.answer = { pieces: ['{"name": "A'], endless: true };
  await openPanel();
  await chat.button('Run').click();
  await expect.poll(() => answer().textContent()).toContain('"A');
  await chat.button('JSON Schema').click();
  await expect.poll(() => chat.engine.running).toBe(0);
  expect(await answer().textContent()).toBe('');
  await chat.button('Run').click();
  await chat.button('Stop').last().click();
  await expect.poll(() => chat.engine.running).toBe(0);
  await chat.page.getByLabel('Request').fill('  ');
  expect(await chat.button('Run').isDisabled()).toBe(true);
});
