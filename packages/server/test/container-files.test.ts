import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfigFile } from '@mlx/config';
import { backends } from '@mlx/engine/setup';
import { FleetOptionsSchema } from '@mlx/schemas/fleet';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readFleet } from '../src/serve/read-fleet.js';
import { blocks, read, root } from './support/documents.js';
import { readCommandLine } from './support/read-command-line.js';

const ComposeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      build: z.object({ dockerfile: z.string() }),
      volumes: z.array(z.string()).optional(),
      ports: z.array(z.string()).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

const manifest = JSON.parse(read('packages/server/package.json'));

describe('the container files', () => {
  const files = ['containers/cpu.Dockerfile', 'containers/cuda.Dockerfile'];

  it.each(files)('%s is one that Docker takes', (file) => {
    expect(validate(read(file))).toEqual([]);
    expect(validate(`${read(file)}COPPY a b\n`)).not.toEqual([]);
  });

  it.each(files)('%s starts the server with options that it takes', (file) => {
    const listOf = (word: string): string[] =>
      JSON.parse(new RegExp(`^${word} (\\[.*\\])$`, 'm').exec(read(file))?.[1] ?? '[]');
    expect(listOf('ENTRYPOINT').at(-1)).toBe('mlx-serve');
    expect(listOf('CMD')[0]).toBe('serve');
    expect(() => readCommandLine(listOf('CMD'))).not.toThrow();
    expect(read(file)).toMatch(/^RUN mlx-serve setup$/m);
  });

  it.each(files)(
    '%s keeps models where they are mounted, and computes with what there is',
    (file) => {
      const variables = Object.fromEntries(
        [...read(file).matchAll(/^ENV (.*)$/gm)].flatMap(([, pairs = '']) =>
          pairs.split(' ').map((pair) => pair.split('=')),
        ),
      );
      expect(backends).toContain(variables['MLX_BACKEND']);
      expect(read(file)).toContain(`VOLUME ${variables['MLX_SERVE_HOME']}/models\n`);
      expect(manifest.bin).toHaveProperty('mlx-serve');
      const [, major] = /^FROM node:(\d+)-/m.exec(read(file)) ?? [];
      expect(Number(major)).toBeGreaterThan(Number(/\d+/.exec(manifest.engines.node)?.[0]));
    },
  );

  it.each(files)('%s knows a healthy server from one that is not', async (file) => {
    const probe: string[] = JSON.parse(/^ +CMD (\[.*\])$/m.exec(read(file))?.[1] ?? '[]');
    for (const [status, code] of [
      [200, 0],
      [503, 1],
    ]) {
      const server = createServer((request, response) => {
        response.writeHead(request.url === '/readyz' ? (status ?? 0) : 404).end();
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const words = probe.slice(1).map((word) => word.replace(':8484', `:${port}`));
      expect(await once(spawn(process.execPath, words), 'exit')).toEqual([code, null]);
      server.close();
    }
  });

  it('differ in what MLX computes with only', () => {
    const [cpu = [], cuda = []] = files.map((file) => read(file).split('\n'));
    const different = cuda.filter((line) => !cpu.includes(line) && !line.startsWith('#'));
    expect(different).toEqual([expect.stringContaining('MLX_BACKEND=cuda13')]);
  });

  it('are composed of files, volumes and ports that there are', () => {
    const { services, volumes } = ComposeSchema.parse(
      readConfigFile(join(root, 'containers/compose.yaml'))?.value,
    );
    expect(Object.values(services).map(({ build }) => `containers/${build.dockerfile}`)).toEqual(
      files,
    );
    const { volumes: mounts, ports } = services['mlx-serve'] ?? {};
    expect(mounts).toEqual(Object.keys(volumes).map((name) => `${name}:/data/models`));
    expect(read(files[0] ?? '')).toContain(`EXPOSE ${ports?.[0]?.split(':').at(-1)}\n`);
  });

  it('are composed with options that the server takes', () => {
    const compose = readConfigFile(join(root, 'containers/compose.yaml'))?.value;
    expect(compose).toMatchObject({ services: { 'mlx-serve': { restart: 'unless-stopped' } } });
    const { services } = compose as { services: Record<string, { command?: string[] }> };
    expect(() => readCommandLine(services['mlx-serve']?.command ?? [])).not.toThrow();
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
      expect(() => readCommandLine(words ?? [])).not.toThrow();
    }
  });

  it('and the guide name options of the connection that there are', () => {
    const text = blocks.find(({ code }) => code.startsWith('# fleet.yaml\n'))?.code ?? '';
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
