import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';
import { build } from 'vite';
import { createProject } from './empty-project.mjs';

const INDEX = '<!doctype html><div id="root"></div><script type="module" src="/main.js"></script>';

/** A form as its documentation builds one, with nothing but the schemas to say what is valid. */
const MAIN = `
import { zodResolver } from '@hookform/resolvers/zod';
import { GeneratorParamsObjectSchema, issueMessage } from '@mlx/schemas';
import { createElement as h } from 'react';
import { createRoot } from 'react-dom/client';
import { useForm } from 'react-hook-form';

const Settings = GeneratorParamsObjectSchema.pick({ temperature: true, maxTokens: true });

function Form() {
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(Settings, { error: issueMessage }),
  });
  const field = (name) => [
    h('input', { ...register(name, { valueAsNumber: true }), key: name, id: name }),
    h('output', { key: name + '-error', id: name + '-error' }, formState.errors[name]?.message),
  ];
  const show = (values) => {
    document.title = JSON.stringify(values);
  };
  return h('form', { onSubmit: handleSubmit(show) }, field('temperature'), field('maxTokens'), h('button'));
}
createRoot(document.getElementById('root')).render(h(Form));
`;

const libraries = [
  'zod@4',
  'react@19',
  'react-dom@19',
  'react-hook-form@7',
  '@hookform/resolvers@7',
];

const types = { '.html': 'text/html', '.js': 'text/javascript' };
/** As strict as a careful site's: zod must do without `new Function`. */
const policy = "default-src 'none'; script-src 'self'";

/**
 * Builds a page with a form in an empty Vite project, with the tarball of
 * @mlx/schemas and the packages around it from the registry, and fills the
 * form in a real Chromium.
 *
 * @param {string} directory
 * @param {readonly import('./pack-all.mjs').PackedPackage[]} packages
 */
export async function checkBrowserForm(directory, packages) {
  const schemas = packages.find(({ name }) => name === '@mlx/schemas');
  assert(schemas, '@mlx/schemas was not packed');
  await createProject(directory, [schemas.tarball, ...libraries]);
  await writeFile(join(directory, 'index.html'), INDEX);
  await writeFile(join(directory, 'main.js'), MAIN);
  await build({ root: directory, configFile: false, logLevel: 'error' });
  const server = createServer((request, response) => void serve(directory, request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await fillForm(page);
  } finally {
    await browser.close();
    server.close();
  }
}

/** @param {import('playwright-core').Page} page */
async function fillForm(page) {
  await page.fill('#temperature', '3');
  await page.fill('#maxTokens', '0.5');
  await page.click('button');
  const refused = page.locator('#temperature-error', { hasText: /./ });
  assert.equal(await refused.textContent(), 'Number must be less than or equal to 2');
  assert.equal(await page.textContent('#maxTokens-error'), 'Expected integer, received float');
  await page.fill('#temperature', '0.7');
  await page.fill('#maxTokens', '100');
  await page.click('button');
  await page.waitForFunction(() => document.title !== '');
  assert.deepEqual(JSON.parse(await page.title()), { temperature: 0.7, maxTokens: 100 });
}

/**
 * @param {string} directory
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function serve(directory, { url }, response) {
  const path = url === '/' ? '/index.html' : url;
  try {
    const content = await readFile(join(directory, 'dist', path));
    response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
    response.setHeader('content-security-policy', policy);
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}
