import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { GeneratorParams } from '@mlx/schemas';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHandler, listen, type HttpServer } from '../../src/index.js';
import { installAgent } from '../support/install-agent.js';
import { finished, MODEL, ScriptedEngine } from '../support/scripted-engine.js';

const VERSION = '2.1.332';
const INSTALL_TIMEOUT_MS = 300_000;
const TURN_TIMEOUT_MS = 120_000;

const engine = new ScriptedEngine();
let claude: string;
let server: HttpServer | undefined;
/** Its settings and its history are here and nowhere else. */
let home = '';

beforeAll(async () => {
  claude = await installAgent('@anthropic-ai/claude-code', VERSION, 'claude');
  server = await listen(createHandler(engine), { host: '127.0.0.1', port: 0 });
  home = await mkdtemp(join(tmpdir(), 'claude-home-'));
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
  await server?.close();
  if (home !== '') await rm(home, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number;
  readonly result: string;
  readonly is_error: boolean;
  readonly num_turns: number;
}

/** Asks what a file says; nothing but the server is to be reached. */
async function ask(secret: string): Promise<Outcome> {
  const file = join(home, `${secret}.txt`);
  await writeFile(file, `It is ${secret}.`);
  const options = ['--output-format', 'json', '--allowedTools', 'Read'];
  const running = promisify(execFile)(claude, ['-p', `What does ${file} say?`, ...options], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      CLAUDE_CONFIG_DIR: join(home, '.claude'),
      ANTHROPIC_BASE_URL: server?.url,
      ANTHROPIC_AUTH_TOKEN: 'none',
      ANTHROPIC_MODEL: MODEL,
      ANTHROPIC_SMALL_FAST_MODEL: MODEL,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_TELEMETRY: '1',
    },
    timeout: TURN_TIMEOUT_MS,
  });
  running.child.stdin?.end();
  // It tells of errors in its output too.
  const { stdout, code } = await running.then(
    (ended) => ({ ...ended, code: 0 }),
    (failed: Failed) => failed,
  );
  return { code, ...JSON.parse(stdout.trim().split('\n').at(-1) ?? '') };
}

interface Failed {
  readonly stdout: string;
  readonly code: number;
}

/** Has the file read that the request is about, then tells what it says. */
async function* readThenTell({ messages = [] }: GeneratorParams) {
  const last = messages.at(-1);
  if (last?.role === 'tool') {
    const [secret = 'nothing'] = /secret-\d+/.exec(JSON.stringify(last.content)) ?? [];
    yield { type: 'token' as const, token: `It says ${secret}` };
    yield finished(3);
    return;
  }
  const [, path] = /What does (\S+) say/.exec(JSON.stringify(messages)) ?? [];
  const toolCall = { index: 0, id: 'toolu_1', name: 'Read', arguments: '' };
  yield { type: 'reasoning' as const, text: 'Reading will tell.' };
  yield { type: 'tool_call' as const, toolCall };
  const json = JSON.stringify({ file_path: path });
  yield { type: 'tool_call' as const, toolCall: { index: 0, arguments: json.slice(0, 9) } };
  yield { type: 'tool_call' as const, toolCall: { index: 0, arguments: json.slice(9) } };
  yield { ...finished(5), finishReason: 'tool_calls' as const };
}

it(
  'Claude Code finishes turns in which it reads a file',
  { timeout: TURN_TIMEOUT_MS },
  async () => {
    engine.script(readThenTell);
    for (const secret of ['secret-42', 'secret-43']) {
      const outcome = await ask(secret);
      expect(outcome).toMatchObject({ code: 0, is_error: false, num_turns: 2 });
      expect(outcome.result).toBe(`It says ${secret}`);
    }
  },
);

it('what it sends again stands where it stood, so that it is not computed again', () => {
  const [first, second, other] = engine.calls;
  const before = first?.messages ?? [];
  expect(second?.messages?.slice(0, before.length)).toEqual(before);
  expect(second?.messages?.slice(before.length)).toMatchObject([
    { role: 'assistant', reasoning: 'Reading will tell.', toolCalls: [{ id: 'toolu_1' }] },
    { role: 'tool', toolCallId: 'toolu_1' },
  ]);
  expect(second?.tools).toEqual(first?.tools);
  // Another conversation begins alike, and may use what this one computed.
  expect(other?.messages?.[0]).toEqual(before[0]);
  expect(other?.tools).toEqual(first?.tools);
  expect(new Set(engine.tenants).size).toBe(1);
});

it(
  'is told that its prompt is too long in words that it knows',
  async () => {
    engine.script(async function* script() {
      yield {
        type: 'error',
        error: {
          code: 'InvalidParams',
          message:
            "The prompt is too long: 20000 tokens > 8192 maximum. This model's maximum context length is 8192 tokens. Shorten the prompt.",
          details: { type: 'context_length_exceeded', param: 'messages' },
        },
      };
    });
    expect(await ask('secret-44')).toMatchObject({
      code: 1,
      result: expect.stringMatching(/^Prompt is too long .*20000 tokens \(limit 8192\)/),
    });
  },
  TURN_TIMEOUT_MS,
);
