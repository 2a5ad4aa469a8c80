import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installAgent } from '../../../packages/server/test/support/install-agent.ts';
import { documentedBlocks } from './support/documentation.ts';
import { ANSWER, startScriptedServer, type ScriptedServer } from './support/scripted-server.ts';
import { model } from './support/server.ts';

interface Agent {
  /** Its package on npm. */
  readonly name: string;
  readonly version: string;
  readonly command: string;
  /** Where docs/CLIENTS.md has its settings. */
  readonly heading: string;
  /** The file that they belong into; absent: they are variables of the shell. */
  readonly file?: string;
  /** What to type behind the command. */
  readonly args: readonly string[];
}

const INSTALL_TIMEOUT_MS = 300_000;
const HELLO = 'Say hello.';

const agents: readonly Agent[] = [
  {
    heading: 'Claude Code',
    name: '@anthropic-ai/claude-code',
    version: '2.1.332',
    command: 'claude',
    args: ['-p', HELLO],
  },
  {
    heading: 'Codex',
    name: '@openai/codex',
    version: '0.171.0',
    command: 'codex',
    file: '.codex/config.toml',
    args: ['exec', '--skip-git-repo-check', HELLO],
  },
  {
    heading: 'opencode',
    name: 'opencode-ai',
    version: '1.18.33',
    command: 'opencode',
    file: 'opencode.json',
    args: ['run', '--model', `mlx/${model}`, HELLO],
  },
  {
    heading: 'Qwen Code',
    name: '@qwen-code/qwen-code',
    version: '0.24.4',
    command: 'qwen',
    args: ['-p', HELLO],
  },
  {
    heading: 'Continue',
    name: '@continuedev/cli',
    version: '1.5.47',
    command: 'cn',
    file: 'config.yaml',
    args: ['--config', 'config.yaml', '-p', HELLO],
  },
];

// Codex refuses to work out of the folder for temporary files.
const folders = fileURLToPath(new URL('../../../node_modules/.mlx/', import.meta.url));

/** Agents that would look for news, and report home. */
const quiet = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  OPENCODE_DISABLE_AUTOUPDATE: '1',
  OPENCODE_DISABLE_MODELS_FETCH: '1',
};

let server: ScriptedServer;
let home = '';

beforeAll(async () => {
  server = await startScriptedServer(model);
  home = await mkdtemp(join(folders, 'agents-home-'));
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

it.for(agents)(
  '$heading $version answers with the settings of docs/CLIENTS.md',
  { timeout: INSTALL_TIMEOUT_MS },
  async (agent) => {
    const command = await installAgent(agent.name, agent.version, agent.command);
    const settings = documentedBlocks(server.url).find(({ heading }) => heading === agent.heading);
    const code = settings?.code ?? '';
    if (agent.file !== undefined) {
      await mkdir(dirname(join(home, agent.file)), { recursive: true });
      await writeFile(join(home, agent.file), code);
    }
    const before = server.offered.length;
    expect(await run(command, agent.args, variablesOf(code))).toContain(ANSWER);
    expect(Math.max(...server.offered.slice(before))).toBeGreaterThan(3);
  },
);

/** What the agent prints, with nothing of the machine's own settings. */
function run(command: string, args: readonly string[], settings: NodeJS.ProcessEnv) {
  return new Promise<string>((resolve, reject) => {
    const env = { PATH: process.env['PATH'], HOME: home, TERM: 'dumb', ...quiet, ...settings };
    const child = execFile(
      command,
      args,
      { cwd: home, env, timeout: 120_000 },
      (error, out, err) => {
        if (error === null) resolve(out);
        else reject(new Error(`${command} failed: ${out}${err}`, { cause: error }));
      },
    );
    // Agents read what is piped into them as part of the question.
    child.stdin?.end();
  });
}

function variablesOf(code: string): Record<string, string> {
  return Object.fromEntries(
    [...code.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}
