import { RuntimeConfigSchema } from '@mlx/schemas/config';
import { expect, it } from 'vitest';
import { serverSettings } from '../src/cli/server-settings.js';

it('the configuration names aliases, allowed_hosts, allowed_origins and strict', () => {
  const { server } = RuntimeConfigSchema.parse({
    server: {
      aliases: ['gpt-4o=acme/one', 'small=acme/two'],
      allowed_hosts: ['models.lan'],
      allowed_origins: ['https://app.example'],
      strict: true,
    },
  });
  expect(serverSettings(server)).toEqual({
    aliases: { 'gpt-4o': 'acme/one', small: 'acme/two' },
    allowedHosts: ['models.lan'],
    allowedOrigins: ['https://app.example'],
    strict: true,
  });
});

it('the command line adds to it, and wins over the same alias', () => {
  const { server } = RuntimeConfigSchema.parse({
    server: { aliases: ['a=acme/one', 'b=acme/one'], allowed_hosts: ['one.lan'] },
  });
  const flags = {
    alias: ['b=acme/two=q4'],
    allowHost: ['two.lan'],
    allowOrigin: [],
    strict: false,
  };
  expect(serverSettings(server, flags)).toMatchObject({
    aliases: { a: 'acme/one', b: 'acme/two=q4' },
    allowedHosts: ['one.lan', 'two.lan'],
    strict: false,
  });
});

it.each(['gpt-4o', '=acme/one', 'gpt-4o='])('an alias must name both: %s', (alias) => {
  const { server } = RuntimeConfigSchema.parse({ server: { aliases: [alias] } });
  expect(() => serverSettings(server)).toThrow(
    `server.aliases: '${alias}' must be like 'gpt-4o=owner/model'.`,
  );
});
