import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { runCli } from '../src/cli/run-cli.js';
import { launchd } from '../src/service/launchd.js';
import type { ServiceDefinition } from '../src/service/service-manager.js';
import { systemd } from '../src/service/systemd.js';

/** A home of its own, with a service manager that only writes down what it is asked. */
function newHome() {
  const home = mkdtempSync(join(tmpdir(), 'service-'));
  const asked = join(home, 'asked');
  const program = join(home, 'bin', 'systemctl');
  mkdirSync(dirname(program));
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${asked}\n`);
  chmodSync(program, 0o755);
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', '');
  vi.stubEnv('PATH', `${dirname(program)}:/usr/bin:/bin`);
  vi.stubEnv('MLX_SERVE_HOME', '/srv/m x');
  return {
    file: join(home, '.config/systemd/user/mlx-serve.service'),
    asked: () => readFileSync(asked, 'utf8').trimEnd().split('\n'),
  };
}

/** What a command line ends with, and what it printed. */
async function run(...args: string[]) {
  const printed: string[] = [];
  const keep = (text: unknown) => printed.push(String(text)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  process.exitCode = undefined;
  const code = await runCli(['node', 'mlx-serve', 'service', ...args]);
  vi.restoreAllMocks();
  return { code, text: printed.join('') };
}

afterEach(() => {
  process.exitCode = undefined;
  vi.unstubAllEnvs();
});

describe.runIf(process.platform === 'linux')('mlx-serve service', () => {
  it('writes a unit and starts it, tells of it, and takes it away', async () => {
    const { file, asked } = newHome();
    expect(await run('status')).toEqual({ code: 1, text: expect.stringMatching(/no service/) });
    const installed = await run('install', '--', '--port', '9000', '-m', 'acme/one');
    expect(installed).toEqual({ code: 0, text: expect.stringContaining('enable-linger') });
    const unit = readFileSync(file, 'utf8');
    expect(unit).toMatch(
      /ExecStart=".*node" ".*cli\.js" "serve" "--port" "9000" "-m" "acme\/one"\n/,
    );
    expect(unit).toContain('Environment="MLX_SERVE_HOME=/srv/m x"\n');
    const status = await run('status', '--json');
    expect(JSON.parse(status.text)).toMatchObject({ installed: true, running: true, file });
    expect((await run('uninstall')).code).toBe(0);
    expect(existsSync(file)).toBe(false);
    expect(asked()).toEqual([
      '--user daemon-reload',
      '--user enable mlx-serve.service',
      '--user restart mlx-serve.service',
      '--user is-active --quiet mlx-serve.service',
      '--user disable --now mlx-serve.service',
      '--user daemon-reload',
    ]);
  });

  it('prints what it would do, and does nothing', async () => {
    const { file } = newHome();
    const { code, text } = await run('install', '--dry-run');
    expect(code).toBe(0);
    expect(text).toMatch(/^\/.*mlx-serve\.service:\n\n\[Unit\]/);
    expect(text).toContain('systemctl --user restart mlx-serve.service');
    const onMac = await run('install', '--dry-run', '--platform', 'darwin');
    expect(onMac.text).toContain('launchctl bootstrap');
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    [['--', '--prot', '9000'], /unknown option '--prot'.*Did you mean --port/s],
    [['--', '--port', 'x'], /from 0 to 65535/],
    [['-c', '/nowhere.yaml'], /no configuration file/],
    [['--platform', 'darwin'], /for --dry-run only/],
  ])('refuses what the server would not start with: %j', async (args, reason) => {
    const { file } = newHome();
    const { code, text } = await run('install', ...args);
    expect(code).not.toBe(0);
    expect(text).toMatch(reason);
    expect(existsSync(file)).toBe(false);
  });

  it('says what to do where nothing starts services', async () => {
    const { file } = newHome();
    vi.stubEnv('PATH', '/nowhere');
    const { code, text } = await run('install');
    expect(code).toBe(1);
    expect(text).toMatch(/is written, and systemd does not start it.*In a container/);
    expect(existsSync(file)).toBe(true);
  });
});

const difficult: ServiceDefinition = {
  command: [process.execPath, '/opt/my "models"/100%/$x/cli.js', 'serve', 'a\\b', '<&>'],
  environment: { PATH: '/usr/bin', NAME: 'with "quotes", 100 % & <more>' },
};

const verify = (text: string) => {
  const file = join(mkdtempSync(join(tmpdir(), 'unit-')), 'mlx-serve.service');
  writeFileSync(file, text);
  return spawnSync('systemd-analyze', ['verify', '--user', file], {
    encoding: 'utf8',
    env: { ...process.env, XDG_RUNTIME_DIR: tmpdir() },
  });
};

describe('the unit of systemd', () => {
  const canVerify = spawnSync('systemd-analyze', ['--version']).status === 0;

  it.runIf(canVerify)('is one that systemd takes', () => {
    const { status, stderr } = verify(systemd('/home/me').render(difficult));
    expect(`${stderr}${status}`).toBe('0');
    expect(
      verify(systemd('/home/me').render(difficult).replace('Type=exec', 'Type=odd')).stderr,
    ).toContain('odd');
  });

  it('keeps every argument and value whole', () => {
    const unit = systemd('/home/me').render(difficult);
    expect(unit).toContain(String.raw`"/opt/my \"models\"/100%%/$$x/cli.js" "serve" "a\\b" "<&>"`);
    expect(unit).toContain(String.raw`Environment="NAME=with \"quotes\", 100 %% & <more>"`);
  });
});

/** As a program reads a property list. */
function readPropertyList(xml: string): Record<string, unknown> {
  const script =
    'import json,plistlib,sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
  const { stdout } = spawnSync('python3', ['-c', script], { input: xml, encoding: 'utf8' });
  return JSON.parse(stdout);
}

/** The keys of launchd.plist(5) that are used here, with what may stand behind them. */
const launchdKeys = z.strictObject({
  Label: z.string().regex(/^[\w.-]+$/),
  ProgramArguments: z.tuple([z.string().startsWith('/')], z.string()),
  EnvironmentVariables: z.record(z.string(), z.string()),
  RunAtLoad: z.boolean(),
  KeepAlive: z.union([z.boolean(), z.strictObject({ SuccessfulExit: z.boolean() })]),
  ThrottleInterval: z.int().min(0),
  ExitTimeOut: z.int().min(1),
  ProcessType: z.enum(['Background', 'Standard', 'Adaptive', 'Interactive']),
  StandardErrorPath: z.string().startsWith('/').optional(),
});

it('the agents for launchd hold only what launchd knows, in the form in which it reads it', () => {
  const fleet = new URL('../../../containers/fleet/local.mlx-worker.plist', import.meta.url);
  const texts = [launchd('/Users/me', 501).render(difficult), readFileSync(fleet, 'utf8')];
  for (const xml of texts) launchdKeys.parse(readPropertyList(xml));
});

it('the property list of launchd is XML that says the same', () => {
  const agent = launchd('/Users/me', 501);
  expect(agent.file).toBe('/Users/me/Library/LaunchAgents/local.mlx-serve.plist');
  expect(readPropertyList(agent.render(difficult))).toEqual({
    Label: 'local.mlx-serve',
    ProgramArguments: difficult.command,
    EnvironmentVariables: {
      ...difficult.environment,
      MLX_SERVING__LOGGING__DESTINATION: '/Users/me/Library/Logs/mlx-serve.log',
    },
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ThrottleInterval: 10,
    ExitTimeOut: 40,
    ProcessType: 'Interactive',
    StandardErrorPath: '/Users/me/Library/Logs/mlx-serve.crash.log',
  });
});
