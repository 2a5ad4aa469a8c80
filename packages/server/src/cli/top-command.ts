import { setTimeout as delay } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { ratesBetween } from '../top/rates.js';
import { readStats } from '../top/read-stats.js';
import { topLines } from '../top/table.js';
import { addServerOptions, askedServer } from './server-options.js';

interface TopOptions {
  readonly interval: number;
  readonly json: boolean;
  readonly once: boolean;
}

/** Between two looks where only one table is printed. */
const GLANCE_MS = 1000;
const OTHER_SCREEN = '\u001B[?1049h\u001B[?25l';
const USUAL_SCREEN = '\u001B[?25h\u001B[?1049l';
const HOME = '\u001B[H';
const REST_OF_SCREEN = '\u001B[J';
const REST_OF_LINE = '\u001B[K';

/** `top`: what a running server is doing. */
export function topCommand(): Command {
  const command = new Command('top').description(
    'show what a running server does: models, requests, speed, caches, memory',
  );
  return addServerOptions(command)
    .option('-i, --interval <seconds>', 'time between two refreshes', parseSeconds, 2)
    .option('--once', 'print one table and end, as without a terminal', false)
    .option('--json', 'print JSON once and end', false)
    .addHelpText('after', '\nEnvironment:\n  MLX_API_KEY  secret of the server, where it has one')
    .action(top);
}

async function top(this: Command, options: TopOptions): Promise<void> {
  const { url } = askedServer(this);
  const apiKey = process.env['MLX_API_KEY'] || undefined;
  const look = async () => ({ stats: await readStats(url, apiKey), at: performance.now() });
  const first = await look();
  if (options.json) {
    console.log(JSON.stringify(first.stats, null, 2));
    return;
  }
  if (options.once || !process.stdout.isTTY) {
    await delay(GLANCE_MS);
    const second = await look();
    console.log(topLines(second.stats, ratesBetween(first, second)).join('\n'));
    return;
  }
  await watch(look, first, options.interval * 1000);
}

type Look = Awaited<ReturnType<typeof readStats>>;
type Looked = { readonly stats: Look; readonly at: number };

/** Draws over and over until it is interrupted, and leaves the terminal as it was. */
async function watch(
  look: () => Promise<Looked>,
  first: Looked,
  intervalMs: number,
): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  process.stdout.write(OTHER_SCREEN);
  try {
    for (let [before, now]: [Looked | undefined, Looked] = [undefined, first]; ;) {
      draw([...topLines(now.stats, ratesBetween(before, now)), '', 'Ctrl+C ends.']);
      await delay(intervalMs, undefined, { signal: stop.signal });
      [before, now] = [now, await look()];
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    process.stdout.write(USUAL_SCREEN);
  }
}

function draw(lines: readonly string[]): void {
  const width = process.stdout.columns;
  const text = lines.map((line) => `${line.slice(0, width)}${REST_OF_LINE}`).join('\n');
  process.stdout.write(`${HOME}${text}${REST_OF_SCREEN}`);
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 0.1 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('It must be a number of seconds from 0.1 to 3600.');
}
