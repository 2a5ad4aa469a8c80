import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { describe, expect, it } from 'vitest';
import { Command } from '../support/command.js';

const KEY = 'canary-7f3a9c';
const SERVE = ['serve', '--port', '0', '--log-format', 'json'];
const TIMEOUT_MS = 180_000;

function ask(url: string, body: object): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({
      model: DEFAULT_MODEL_ID,
      messages: [{ role: 'user', content: 'Tell me a story about SECRET-PROMPT.' }],
      ...body,
    }),
  });
}

/** As clients do that are told to come again while a busy machine loads the model. */
async function askUntilLoaded(url: string, body: object): Promise<Response> {
  const answer = await ask(url, body);
  return answer.status === 503 ? askUntilLoaded(url, body) : answer;
}

describe('mlx-serve serve', { timeout: TIMEOUT_MS }, () => {
  it('answers while it loads, finishes its work on SIGTERM and exits with 0', async () => {
    await using command = new Command(SERVE, { MLX_API_KEY: KEY });
    const url = await command.url();
    // Sent at once: it waits for the model instead of failing.
    const story = await askUntilLoaded(url, { stream: true, max_tokens: 3 });
    expect(story.status).toBe(200);
    const events = readText(story);
    let text = await events.until(/"content":"[^"]/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    const page = await fetch(url);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('<!doctype html>');
    const sidecars = environmentsOfChildren(command.process.pid ?? 0);
    expect(sidecars.length).toBeGreaterThan(0);

    command.process.kill('SIGTERM');
    await command.line(/"msg":"stopping"/);
    text += await events.until(/\[DONE\]/);
    expect(text).toContain('[DONE]');
    expect(await command.exited).toBe(0);

    for (const secret of [KEY, 'SECRET-PROMPT']) {
      expect(command.output).not.toContain(secret);
      expect(sidecars.join()).not.toContain(secret);
    }
    expect(command.process.spawnargs.join()).not.toContain(KEY);
  });

  it('dies within a second of a second signal, and so does the sidecar', async () => {
    await using command = new Command(SERVE, { MLX_API_KEY: KEY });
    const url = await command.url();
    const story = await askUntilLoaded(url, { stream: true, max_tokens: 2000 });
    expect(story.status).toBe(200);
    command.process.kill('SIGTERM');
    await command.line(/"msg":"stopping"/);
    expect((await ask(url, {}).catch(() => undefined))?.status ?? 503).toBe(503);
    const startedAt = performance.now();
    command.process.kill('SIGTERM');
    expect(await command.exited).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await expect(story.text()).rejects.toThrow();
  });

  it('ends with one line that says what to do when Python is missing', async () => {
    const home = await mkdtemp(join(tmpdir(), 'home-'));
    const env = { MLX_SERVE_HOME: home, MLX_PYTHON: '/nowhere/python' };
    const startedAt = performance.now();
    await using command = new Command(SERVE, env);
    expect(await command.exited).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(5000);
    const error = command.lines.find((line) => line.startsWith('mlx-serve: '));
    expect(error).toContain('/nowhere/python');
    expect(command.output).not.toContain('    at ');
  });

  it('does not listen beyond loopback without a key', async () => {
    await using command = new Command([...SERVE, '--host', '0.0.0.0'], { MLX_API_KEY: '' });
    expect(await command.exited).toBe(1);
    expect(command.output).toContain('MLX_API_KEY');
    expect(command.output).toContain('--insecure');
  });

  it.each([
    [['serve', '--port', '99999'], 'It must be a number from 0 to 65535.'],
    [['serve', '--colour'], "unknown option '--colour'"],
    [['dance'], "unknown command 'dance'"],
  ])('explains a wrong command line: %j', async (args, message) => {
    await using command = new Command(args);
    expect(await command.exited).toBe(2);
    expect(command.output).toContain(message);
  });
});

describe('mlx-serve config', { timeout: TIMEOUT_MS }, () => {
  it('prints the configuration that a server would run with', async () => {
    await using command = new Command(['config', 'print', '--json'], {
      MLX_SERVING__LOGGING__LEVEL: 'debug',
    });
    expect(await command.exited).toBe(0);
    expect(JSON.parse(command.output)).toMatchObject({ logging: { level: 'debug' } });
  });

  it('checks a file and names what is wrong in it', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'config-')), 'runtime.yaml');
    await writeFile(file, 'logging:\n  level: debug\n');
    await using missing = new Command(['config', 'check', `${file}.none`]);
    expect(await missing.exited).toBe(1);
    expect(missing.output).toContain('no configuration file');
    await using good = new Command(['config', 'check', file]);
    expect(await good.exited).toBe(0);
    await writeFile(file, 'logging:\n  levle: debug\n');
    await using bad = new Command(['config', 'check', file]);
    expect(await bad.exited).toBe(1);
    expect(bad.output).toContain('levle');
    expect(bad.output).toContain('level');
  });
});

/** Reads a body piece by piece: up to a match, or to its end. */
function readText(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  return {
    async until(pattern: RegExp): Promise<string> {
      let text = '';
      while (!pattern.test(text)) {
        const result = await reader?.read();
        if (!result || result.done) break;
        text += result.value;
      }
      return text;
    },
  };
}

/** Environment and command line of a process's children; empty where there is no /proc. */
function environmentsOfChildren(parent: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        if (ppid !== parent) return [];
        return [readFileSync(`/proc/${name}/environ`, 'utf8')];
      } catch {
        // The process ended between listing and reading.
        return [];
      }
    });
}
