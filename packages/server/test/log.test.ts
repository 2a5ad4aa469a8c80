import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, unwatchFile } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { followMoves } from '../src/log/follow-moves.js';
import { prettyLine } from '../src/log/pretty-line.js';
import { createLogger } from '../src/logger.js';

describe('the log', () => {
  it('goes to a file as JSON', () => {
    const destination = logFile();
    createLogger({ level: 'info', format: 'json', destination }).info({ port: 1 }, 'listening');
    expect(JSON.parse(readFileSync(destination, 'utf8'))).toMatchObject({
      msg: 'listening',
      port: 1,
    });
  });

  it('is readable when pretty, and leaves out what is below its level', () => {
    const destination = logFile();
    const logger = createLogger({ level: 'warn', format: 'pretty', destination });
    logger.info({}, 'quiet');
    logger.warn({ code: 'x', counts: [1] }, 'loud');
    expect(readFileSync(destination, 'utf8')).toMatch(
      /^\d\d:\d\d:\d\d warn {2}loud code=x counts=\[1\]\n$/,
    );
  });

  it('goes on in a new file when the old one was moved away', async () => {
    const destination = logFile();
    mkdirSync(dirname(destination));
    const target = pino.destination({ dest: destination, sync: true });
    followMoves(target, destination, 20);
    onTestFinished(() => unwatchFile(destination));
    target.write('before\n');
    await setTimeout(60);
    renameSync(destination, `${destination}.1`);
    await vi.waitFor(() => expect(existsSync(destination)).toBe(true));
    target.write('after\n');
    expect(readFileSync(destination, 'utf8')).toBe('after\n');
    expect(readFileSync(`${destination}.1`, 'utf8')).toBe('before\n');
  });

  it('names unknown levels', () => {
    expect(prettyLine('{"time":0,"level":35,"msg":"odd"}')).toMatch(/info {2}odd$/);
  });
});

function logFile(): string {
  return join(mkdtempSync(join(tmpdir(), 'log-')), 'logs', 'server.log');
}
