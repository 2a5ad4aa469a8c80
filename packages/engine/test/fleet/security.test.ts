import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { rejection } from '../support/chunks.js';
import { TestFleet } from './support/fleet.js';
import { NatsServer } from './support/nats-server.js';

let folder: string;
let open: NatsServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-security-'));
  open = await NatsServer.start();
});

afterAll(async () => {
  await open.kill();
  rmSync(folder, { recursive: true });
});

const params = { model: 'm', prompt: 'one two', maxTokens: 8, seed: 0 };

function keep(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function newUser(name: string): { key: string; nkeySeedFile: string } {
  const user = nkeys.createUser();
  const seed = Buffer.from(user.getSeed()).toString('latin1');
  return { key: user.getPublicKey(), nkeySeedFile: keep(`${name}.nk`, seed) };
}

const at = (name: string) => join(folder, name);

/** A certificate for this machine, and the authority that vouches for it. */
function certificate(): { ca: string; cert: string; key: string } {
  const made = spawnSync(
    'openssl',
    [
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=nats',
      `-keyout ${at('key.pem')} -out ${at('cert.pem')} -addext subjectAltName=DNS:localhost`,
    ].flatMap((words) => words.split(' ')),
  );
  expect(made.status).toBe(0);
  return { ca: at('cert.pem'), cert: at('cert.pem'), key: at('key.pem') };
}

const frame = (method: string, frameParams: unknown) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: frameParams });

test('over TLS, with nkeys, and with no more rights than the guide gives', async () => {
  const [gateway, worker, stranger] = ['gateway', 'worker', 'stranger'].map(newUser);
  if (!gateway || !worker || !stranger) throw new Error('No keys were made');
  const { ca, cert, key } = certificate();
  const fleet = new TestFleet(open);
  const shipped = readFileSync(new URL('../../../../containers/fleet/nats.conf', import.meta.url));
  const config = shipped
    .toString('utf8')
    .replaceAll('mlx.', `${fleet.prefix}.`)
    .replace('U_GATEWAY_1', gateway.key)
    .replace('U_MAC_1', worker.key)
    .replace('/etc/nats/cert.pem', cert)
    .replace('/etc/nats/key.pem', key)
    .replace(/^listen.*$/m, '');
  await using server = await NatsServer.start('-c', keep('nats.conf', config));
  const own = new TestFleet(server, fleet.prefix);
  const tls = { ca };
  await own.worker({ name: 'mac-1', options: { nkeySeedFile: worker.nkeySeedFile, tls } });
  const rights = { name: 'gateway-1', nkeySeedFile: gateway.nkeySeedFile, tls };
  const { engine } = await own.gateway(rights);
  expect(await engine.generate(params)).not.toBe('');
  await engine.unloadModel('m');
  // Under another one's name nothing is heard, and nobody is asked.
  const posing = await own.gateway({ ...rights, name: 'gateway-2' }, null);
  expect(await rejection(posing.engine.loadModel('m'))).toMatchObject({
    code: 'TransportError',
    retryable: false,
    message: expect.stringMatching(/does not let this user (publish|subscribe) to .*gateway-2/),
  });

  const unknown = await own.gateway({ nkeySeedFile: stranger.nkeySeedFile, tls }, null);
  expect(await rejection(unknown.engine.loadModel('m'))).toMatchObject({
    code: 'TransportError',
    message: expect.stringMatching(/authorization/i),
  });
  const untrusting = await own.gateway({ nkeySeedFile: gateway.nkeySeedFile }, null);
  expect(await rejection(untrusting.engine.loadModel('m'))).toMatchObject({
    code: 'TransportError',
    message: expect.stringMatching(/certificate/i),
  });
});

test('a token, or a name and a password, come from files', async () => {
  await using server = await NatsServer.start('--user', 'fleet', '--pass', 'a-secret');
  const fleet = new TestFleet(server);
  const options = { user: 'fleet', passwordFile: keep('password', 'a-secret\n') };
  await fleet.worker({ options });
  const { engine } = await fleet.gateway(options);
  expect(await engine.generate(params)).not.toBe('');
  const { engine: lost } = await fleet.gateway({ tokenFile: join(folder, 'nowhere') }, null);
  expect(await rejection(lost.loadModel('m'))).toMatchObject({
    message: expect.stringContaining('fleet.tokenFile: cannot read'),
  });
  await using other = await NatsServer.start('--auth', 'a-token');
  const tokens = { tokenFile: keep('token', 'a-token\n') };
  const second = new TestFleet(other);
  await second.worker({ options: tokens });
  expect(await (await second.gateway(tokens)).engine.generate(params)).not.toBe('');
});

test('a worker takes no frame that breaks its schema, nothing that names a file, and serves on', async () => {
  const fleet = new TestFleet(open);
  const limits = { maxFrameBytes: 1_000_000 };
  const { engine: worker, membership } = await fleet.worker({ options: limits });
  const { engine } = await fleet.gateway();
  const outsider = await fleet.outsider();
  const answers: Buffer[] = [];
  let sessions = 0;
  /** Sends bytes as one gateway's session; resolves with what comes back. */
  const send = async (...messages: (string | Buffer)[]): Promise<string> => {
    sessions += 1;
    answers.length = 0;
    const subject = `${fleet.prefix}.gateway.evil.1.${sessions}`;
    const subscription = outsider.subscribe(subject, {
      callback: (_error, { data }) => void answers.push(Buffer.from(data)),
    });
    for (const [number, text] of messages.entries()) {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(number);
      const body = typeof text === 'string' ? Buffer.from(`${text}\n`) : text;
      const to = `${fleet.prefix}.worker.${membership.worker}.in.evil.1.${sessions}`;
      outsider.publish(to, Buffer.concat([head, body]));
    }
    await vi.waitFor(() => expect(answers.length).toBeGreaterThan(0), 5000);
    subscription.unsubscribe();
    return Buffer.concat(answers.map((answer) => answer.subarray(4))).toString('utf8');
  };
  const load = frame('load', { modelId: 'm', path: '/etc/passwd' });

  // Nothing but the end of the session.
  for (const nonsense of [
    '{',
    '[]',
    '"x"',
    '{"jsonrpc":"2.0","id":-1,"method":"load"}',
    Buffer.from([0xff, 0x0a]),
    'x'.repeat(1_000_000),
  ]) {
    expect(await send(nonsense)).toBe('');
  }
  // The path is never looked at, and nothing else of the owner's is on offer.
  expect(await send(load)).toContain('"architecture"');
  const refused: [string, unknown, string][] = [
    ['loadAdapter', { name: 'a', path: '/etc' }, 'MethodNotFound'],
    ['loadDraft', { modelId: 'd', path: '/etc' }, 'MethodNotFound'],
    ['shutdown', {}, 'MethodNotFound'],
    ['constructor', {}, 'MethodNotFound'],
    ['tokenize', { prompt: 5 }, 'InvalidParams'],
    ['generate', { streamId: 's', sampling: { maxTokens: 1e9 } }, 'InvalidParams'],
    [
      'initialize',
      { protocolVersion: 99, client: { name: 'x', version: 'y' } },
      'protocol_version_mismatch',
    ],
  ];
  for (const [method, frameParams, expected] of refused) {
    expect(await send(load, frame(method, frameParams))).toContain(expected);
  }
  expect(await send(frame('tokenize', { prompt: { type: 'text', text: 'a' } }))).toContain(
    "begins with 'load'",
  );
  expect(await send(load, frame('load', { modelId: 'other', path: 'x' }))).toContain(
    'InvalidRequest',
  );
  expect(await engine.generate(params)).not.toBe('');
  expect((await worker.getBatchStats()).requests.failed).toBe(0);
});

test('a request beyond the limit of the gateway or of the worker is refused, and says what to do', async () => {
  const fleet = new TestFleet(open);
  await fleet.worker({ options: { maxFrameBytes: 100_000 } });
  const text = 'word '.repeat(50_000);
  for (const [maxFrameBytes, limit] of [
    [undefined, 100_000],
    [50_000, 50_000],
  ]) {
    const { engine } = await fleet.gateway(maxFrameBytes === undefined ? {} : { maxFrameBytes });
    expect(await rejection(engine.tokenize({ model: 'm', text }))).toMatchObject({
      code: 'InvalidParams',
      message: expect.stringContaining('Send less text, or fewer and smaller images'),
      details: { bytes: expect.any(Number), limit },
    });
    expect(await engine.generate(params)).not.toBe('');
  }
});
