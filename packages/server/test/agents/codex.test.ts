import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { GeneratorParams } from '@mlx/schemas';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHandler, listen, type HttpServer } from '../../src/index.js';
import { installAgent } from '../support/install-agent.js';
import { call, ended } from '../support/response-client.js';
import { MODEL, ScriptedEngine } from '../support/scripted-engine.js';

const VERSION = '0.171.0';
const INSTALL_TIMEOUT_MS = 300_000;
const TURN_TIMEOUT_MS = 120_000;
// Codex refuses to work out of the folder for temporary files.
const folders = fileURLToPath(new URL('../../../../node_modules/.mlx/', import.meta.url));

const engine = new ScriptedEngine();
let codex: string;
let server: HttpServer | undefined;
/** Its settings and its history are here and nowhere else. */
let home = '';

beforeAll(async () => {
  engine.script(runThenTell);
  codex = await installAgent('@openai/codex', VERSION, 'codex');
  server = await listen(createHandler(engine), { host: '127.0.0.1', port: 0 });
  home = await mkdtemp(join(folders, 'codex-home-'));
  await writeFile(join(home, 'config.toml'), settings(server.url));
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await server?.close();
  if (home !== '') await rm(home, { recursive: true, force: true });
});

function settings(url: string): string {
  return `model = "${MODEL}"
model_provider = "mlx"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.mlx]
name = "mlx-serve"
base_url = "${url}/v1"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
`;
}

/** Has a command run, then tells what it printed. */
async function* runThenTell({ messages = [] }: GeneratorParams) {
  const last = messages.at(-1);
  if (last?.role === 'tool') {
    const [printed = 'nothing'] = /printed-\d+/.exec(JSON.stringify(last.content)) ?? [];
    yield { type: 'token' as const, token: 'It said ' };
    yield { type: 'token' as const, token: printed };
    yield ended('stop');
    return;
  }
  yield { type: 'reasoning' as const, text: 'A command will tell.' };
  yield* call(0, 'call_1', 'exec_command', '{"cmd":"echo printed-', '$((40+2)) | tee out"}');
  yield ended('tool_calls');
}

it('Codex finishes a turn in which it runs a command', { timeout: TURN_TIMEOUT_MS }, async () => {
  const workspace = await mkdtemp(join(home, 'workspace-'));
  const sandbox = ['--sandbox', 'danger-full-access', '--skip-git-repo-check'];
  const running = promisify(execFile)(codex, ['exec', '--json', ...sandbox, 'Run it.'], {
    cwd: workspace,
    env: { ...process.env, CODEX_HOME: home, HOME: home },
    timeout: TURN_TIMEOUT_MS,
  });
  running.child.stdin?.end();
  const { stdout } = await running;
  const events: { type: string; item?: object; usage?: object }[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const items = events.flatMap(({ type, item }) => (type === 'item.completed' ? [item] : []));
  const command = { type: 'command_execution', exit_code: 0, status: 'completed' };
  expect(items).toContainEqual(expect.objectContaining(command));
  expect(items.at(-1)).toMatchObject({ type: 'agent_message', text: 'It said printed-42' });
  expect(events.at(-1)).toMatchObject({ type: 'turn.completed', usage: { output_tokens: 4 } });
  expect(await readFile(join(workspace, 'out'), 'utf8')).toBe('printed-42\n');
});

it('what Codex sends again stands where it stood, so that it is not read again', () => {
  const [first = [], second = []] = engine.calls.map(({ messages }) => messages);
  expect(second.slice(0, first.length)).toEqual(first);
  expect(second.slice(first.length)).toMatchObject([
    { role: 'assistant', reasoning: 'A command will tell.', toolCalls: [{ id: 'call_1' }] },
    { role: 'tool', toolCallId: 'call_1' },
  ]);
  expect(engine.calls[1]?.tools).toEqual(engine.calls[0]?.tools);
});
