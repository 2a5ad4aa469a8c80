import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfigWithOrigins } from '@mlx/config';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { expect, it } from 'vitest';
import { checkServerSettings, serverSettings } from '../src/cli/server-settings.js';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));

function configured(server: object, variables: Record<string, string> = {}) {
  const file = join(folder, 'runtime.yaml');
  writeFileSync(file, JSON.stringify({ server }));
  return loadConfigWithOrigins(file, { variables });
}

it('the configuration names aliases, allowed_hosts, allowed_origins, image_hosts and strict', () => {
  const loaded = configured({
    aliases: ['gpt-4o=acme/one', 'small=acme/two'],
    allowed_hosts: ['models.lan'],
    allowed_origins: ['https://app.example'],
    image_hosts: ['images.example', '10.0.0.0/8'],
    strict: true,
  });
  expect(serverSettings(loaded)).toMatchObject({
    aliases: { 'gpt-4o': 'acme/one', small: 'acme/two' },
    allowedHosts: ['models.lan'],
    allowedOrigins: ['https://app.example'],
    imageHosts: ['images.example', '10.0.0.0/8'],
    strict: true,
  });
});

it('the configuration names host, port, models and api_keys_file, which lies beside it', () => {
  const server = { host: '::1', port: 9000, models: ['acme/one'], api_keys_file: 'keys.yaml' };
  expect(serverSettings(configured(server))).toMatchObject({
    host: '::1',
    port: 9000,
    models: ['acme/one'],
    keyFile: join(folder, 'keys.yaml'),
  });
});

it('without a word it is the default model on loopback, without a file of keys', () => {
  expect(serverSettings(configured({}))).toEqual({
    host: '127.0.0.1',
    port: 8484,
    models: [DEFAULT_MODEL_ID],
    keyFile: undefined,
    aliases: {},
    allowedHosts: [],
    allowedOrigins: [],
    imageHosts: [],
    strict: false,
  });
});

it('variables win over the file, the command line over both', () => {
  const loaded = configured(
    { port: 9000, host: '::1', models: ['acme/one'] },
    { MLX_SERVING__SERVER__PORT: '9001', MLX_SERVING__SERVER__MODELS: 'acme/two, acme/three' },
  );
  expect(serverSettings(loaded)).toMatchObject({ port: 9001, models: ['acme/two', 'acme/three'] });
  const flags = { host: '127.0.0.1', port: 0, model: ['acme/four'] };
  expect(serverSettings(loaded, flags)).toMatchObject({
    host: '127.0.0.1',
    port: 0,
    models: ['acme/four'],
  });
});

it('the command line adds to it, and wins over the same alias', () => {
  const loaded = configured({ aliases: ['a=acme/one', 'b=acme/one'], allowed_hosts: ['one.lan'] });
  const flags = { alias: ['b=acme/two=q4'], allowHost: ['two.lan'] };
  expect(serverSettings(loaded, flags)).toMatchObject({
    aliases: { a: 'acme/one', b: 'acme/two=q4' },
    allowedHosts: ['one.lan', 'two.lan'],
    strict: false,
  });
});

it.each([
  [{ aliases: ['gpt-4o'] }, "server.aliases: 'gpt-4o' must be like 'gpt-4o=owner/model'."],
  [{ aliases: ['=acme/one'] }, "server.aliases: '=acme/one' must be like 'gpt-4o=owner/model'."],
  [{ aliases: ['gpt-4o='] }, "server.aliases: 'gpt-4o=' must be like 'gpt-4o=owner/model'."],
  [{ models: ['a=acme/one', 'a=acme/two'] }, "would both be served as 'a'"],
  [{ models: ['./nowhere'] }, 'There is no model directory at'],
  [{ models: ['Qwen3-8B-4bit'] }, 'neither a Hugging Face id (owner/name) nor a path'],
  [{ api_keys_file: 'nowhere.yaml' }, 'There is no file of API keys at'],
])('a check refuses what no server can be started with: %j', async (server, message) => {
  await expect(async () => checkServerSettings(configured(server))).rejects.toThrow(message);
});

it.each([{ port: 70_000 }, { port: '80a' }, { host: 3 }, { models: [''] }])(
  'a value of another kind is refused where it stands: %j',
  (server) => {
    expect(() => configured(server)).toThrow(/runtime\.yaml:1:\d+: server\./);
  },
);
