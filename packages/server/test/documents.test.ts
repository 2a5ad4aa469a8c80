import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfigWithOrigins, readConfigFile } from '@mlx/config';
import { FleetOptionsSchema } from '@mlx/schemas/fleet';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../src/cli/run-cli.js';
import { checkServerSettings, serverSettings } from '../src/cli/server-settings.js';
import { readKeyFile } from '../src/keys/read-key-file.js';
import { readFleet } from '../src/serve/read-fleet.js';

const root = new URL('../../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Reads a command line as the program does, and does nothing. */
function parse(words: readonly string[]): void {
  const program = createProgram(new AbortController().signal);
  disarm(program);
  program.parse([...words], { from: 'user' });
}

function disarm(command: Command): void {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  if (command.commands.length === 0) command.action(() => undefined);
  for (const child of command.commands) disarm(child);
}

/** Command lines of the documents, as words. */
const lines = globSync(['*.md', 'docs/*.md', 'packages/*/README.md'], { cwd: root }).flatMap(
  (page) =>
    [...read(page).matchAll(/^```sh\n(.*?)^```$/gms)]
      .flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
      .flatMap((line) => {
        const [, rest] =
          /^(?:[A-Z_]+=\S+ )*(?:npx -p @mlx\/server )?mlx-serve( .*)?$/.exec(line) ?? [];
        const [words = ''] = (rest ?? '').split(/ # | \| | > | && /);
        return rest === undefined ? [] : [{ page, line, words: words.trim().split(/\s+/) }];
      }),
);

describe('command lines of the documents', () => {
  it('are there', () => {
    expect(lines.length).toBeGreaterThan(10);
  });

  it.each(lines)('$page: $line', ({ words }) => {
    const isDefault = words[0]?.startsWith('-') ?? true;
    expect(() => parse(isDefault ? ['serve', ...words] : words)).not.toThrow();
  });
});

it('the configuration and the keys of OPERATIONS.md are valid together', async () => {
  const blocks = [
    ...read('docs/OPERATIONS.md').matchAll(/^```yaml\n# (\S+\.yaml).*?\n(.*?)^```$/gms),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'operations-'));
  for (const [, name = '', text = ''] of blocks) writeFileSync(join(folder, name), text);
  const loaded = loadConfigWithOrigins(join(folder, 'models.yaml'), { variables: {} });
  await checkServerSettings(loaded);
  const { keyFile = '', models } = serverSettings(loaded);
  expect(models).toHaveLength(2);
  expect(readKeyFile(keyFile).map(({ name }) => name)).toEqual(['anne', 'website']);
});

describe('the container files', () => {
  const files = ['containers/cpu.Dockerfile', 'containers/cuda.Dockerfile'];

  it.each(files)('%s starts the server with options that it takes', (file) => {
    const listOf = (word: string): string[] =>
      JSON.parse(new RegExp(`^${word} (\\[.*\\])$`, 'm').exec(read(file))?.[1] ?? '[]');
    expect(listOf('ENTRYPOINT').at(-1)).toBe('mlx-serve');
    expect(listOf('CMD')[0]).toBe('serve');
    expect(() => parse(listOf('CMD'))).not.toThrow();
    expect(read(file)).toMatch(/^RUN mlx-serve setup$/m);
  });

  it('differ in what MLX computes with only', () => {
    const [cpu = [], cuda = []] = files.map((file) => read(file).split('\n'));
    const different = cuda.filter((line) => !cpu.includes(line) && !line.startsWith('#'));
    expect(different).toEqual([expect.stringContaining('MLX_BACKEND=cuda13')]);
  });

  it('are composed with options that the server takes', () => {
    const compose = readConfigFile(join(root, 'containers/compose.yaml'))?.value;
    expect(compose).toMatchObject({ services: { 'mlx-serve': { restart: 'unless-stopped' } } });
    const { services } = compose as { services: Record<string, { command?: string[] }> };
    expect(() => parse(services['mlx-serve']?.command ?? [])).not.toThrow();
  });
});

describe('the files of a fleet', () => {
  const folder = join(root, 'containers/fleet');

  it('start gateways and workers with options that they take', () => {
    const unit = /^ExecStart=\/usr\/bin\/env mlx-serve (.*)$/m.exec(
      read('containers/fleet/mlx-worker.service'),
    );
    const [, ...agent] = [
      ...(read('containers/fleet/local.mlx-worker.plist')
        .split('<array>')[1]
        ?.split('</array>')[0]
        ?.matchAll(/<string>(.*)<\/string>/g) ?? []),
    ].map(([, word = '']) => word);
    const compose = readConfigFile(join(folder, 'compose.yaml'))?.value;
    const { services } = compose as { services: Record<string, { command?: string[] }> };
    const { gateway, worker } = services;
    const commands = [unit?.[1]?.split(' '), agent, gateway?.command, worker?.command];
    for (const words of commands) {
      expect(words).toContain('--fleet');
      expect(() => parse(words ?? [])).not.toThrow();
    }
  });

  it('and the guide name options of the connection that there are', () => {
    const [, text = ''] = /^```yaml\n# fleet\.yaml\n(.*?)^```$/ms.exec(read('docs/SCALE.md')) ?? [];
    const file = join(mkdtempSync(join(tmpdir(), 'scale-')), 'fleet.yaml');
    writeFileSync(file, text);
    expect(readFleet(file)).toMatchObject({
      servers: ['tls://nats.local:4222'],
      nkeySeedFile: join(file, '../mac-1.nk'),
      tls: { ca: join(file, '../ca.pem') },
    });
    const table = read('docs/SCALE.md').matchAll(/^\| `.*?\|/gm);
    const keys = [...table].flatMap(([cell]) => [...cell.matchAll(/`([a-z_]+)`/g)]);
    const known = Object.keys(FleetOptionsSchema.shape);
    const named = keys.map(([, key = '']) =>
      key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    );
    for (const option of known) expect(named).toContain(option);
  });

  it('are refused with file, line and column where they are wrong', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'scale-')), 'fleet.yaml');
    writeFileSync(file, 'servers: nats://a:4222\nheartbeat_timeout_ms: soon\n');
    expect(() => readFleet(file)).toThrow(/fleet\.yaml:2:\d+.*heartbeat/s);
    expect(() => readFleet('nowhere.yaml')).toThrow(/neither the address of a NATS server/);
  });
});
