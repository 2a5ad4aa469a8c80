import { stripVTControlCharacters } from 'node:util';
import { loadConfigWithOrigins } from '@mlx/config';
import { spawn } from '@lydell/node-pty';
import { expect, it, onTestFinished, vi } from 'vitest';
import { logFormatOf } from '../../src/cli/log-format.js';

const server = new URL('../../dist/index.js', import.meta.url);
const program = `
  import { createLogger } from ${JSON.stringify(server)};
  createLogger({ level: 'info', format: 'pretty', destination: 'stdout' }).info({ port: 1 }, 'ready');
`;

it.each([
  [true, {}, 'pretty'],
  [false, {}, 'json'],
  [true, { format: 'json' }, 'json'],
  [false, { format: 'pretty' }, 'pretty'],
  [true, { destination: '/var/log/mlx.log' }, 'json'],
] as const)('on a terminal: %s, asked for %j: %s', (isTerminal, logging, format) => {
  const before = process.stderr.isTTY;
  onTestFinished(() => void (process.stderr.isTTY = before));
  process.stderr.isTTY = isTerminal;
  expect(logFormatOf(loadConfigWithOrigins(undefined, { overrides: { logging } }))).toBe(format);
});

it('a terminal gets colours, unless NO_COLOR is set', async () => {
  const coloured = await shownOnTerminal({});
  expect(stripVTControlCharacters(coloured)).toMatch(/^\d\d:\d\d:\d\d info {2}ready port=1$/);
  expect(coloured).not.toBe(stripVTControlCharacters(coloured));
  expect(await shownOnTerminal({ NO_COLOR: '1' })).toMatch(/^\d\d:\d\d:\d\d info {2}ready port=1$/);
});

/**
 * What the program writes to a real pseudo-terminal, but for clearing the line first. Nothing is
 * inherited: Node's colours also depend on `CI`, `NODE_DISABLE_COLORS`, `COLORTERM` and others.
 */
async function shownOnTerminal(variables: Record<string, string>): Promise<string> {
  const env = { TERM: 'xterm-256color', ...variables };
  const terminal = spawn(process.execPath, ['--input-type=module', '--eval', program], { env });
  onTestFinished(() => terminal.kill('SIGKILL'));
  let shown = '';
  terminal.onData((text) => (shown += text));
  await vi.waitFor(() => expect(shown).toContain('\n'), { timeout: 20_000 });
  return shown.replace('\r\u001B[K', '').trimEnd();
}
