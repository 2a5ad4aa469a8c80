import { setTimeout as delay } from 'node:timers/promises';
import { LineDecoder } from '../framing/line-decoder.js';
import { FakeServer } from './fake-server.js';
import { takeScript } from './take-script.js';

/** The process that plays a script; started by the command that `fakeSidecar` returns. */
const script = takeScript(process.argv[2] ?? '[]', process.env['FAKE_SIDECAR_LIVES']);

if (script.startupStderr !== undefined) process.stderr.write(script.startupStderr);
if (script.exitAtStart !== undefined) process.exit(script.exitAtStart);
if (script.ignoreSigterm === true) process.on('SIGTERM', () => {});
if (script.ignoreShutdown === true) setInterval(() => {}, 60_000);
// The parent is gone: so is the reason to be.
process.stdout.on('error', () => process.exit(0));
if (script.startupDelayMs !== undefined) await delay(script.startupDelayMs);

const server = new FakeServer(script);
const decoder = new LineDecoder(64 * 1024 * 1024);
process.stdin.on('data', (chunk: Buffer) => {
  for (const line of decoder.push(chunk)) server.receive(line);
});
process.stdin.on('end', () => {
  if (script.ignoreShutdown !== true) process.exit(0);
});
