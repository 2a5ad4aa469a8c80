import { styleText } from 'node:util';
import { pino } from 'pino';

type Entry = Record<string, unknown>;
type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const ERROR_LEVEL = 50;

const styles: Readonly<Record<string, Style>> = {
  trace: 'gray',
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};

const plain: Paint = (_style, text) => text;
const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** One entry for people: time, level, what happened, the rest; text of several lines below it. */
export function prettyLine(line: string, colours = false): string {
  const entry: Entry = JSON.parse(line);
  const { time, level, msg, pid: _pid, hostname: _hostname, requestId, ...fields } = entry;
  const paint = colours ? coloured : plain;
  const clock = new Date(Number(time)).toTimeString().slice(0, 8);
  const name = pino.levels.labels[Number(level)] ?? 'info';
  const [what, rest] = msg === 'request' ? requestParts(fields) : [readable(msg), fields];
  const [short, long] = detailsOf(rest, Number(level));
  const head = [
    paint('dim', clock),
    paint(styles[name] ?? 'green', name.padEnd(5)),
    paint('bold', what),
    ...short.map(([key, value]) => `${paint('dim', `${key}=`)}${value}`),
    ...(requestId === undefined ? [] : [paint('dim', readable(requestId))]),
  ].join(' ');
  return [head, ...long.map((text) => paint('dim', text.replaceAll(/^/gm, '    ')))].join('\n');
}

/** What a request was, and how it went, in words. */
function requestParts({ method, path, status, ms, ...fields }: Entry): [string, Entry] {
  const { in: read, cached, out, tokensPerSecond, firstTokenMs, ...rest } = fields;
  const numbers = {
    ...(read === undefined
      ? {}
      : { in: cached ? `${readable(read)} (${readable(cached)} cached)` : read }),
    ...(out === undefined ? {} : { out }),
    ...(tokensPerSecond === undefined ? {} : { 'tok/s': tokensPerSecond }),
    ...(firstTokenMs === undefined ? {} : { first: `${readable(firstTokenMs)}ms` }),
  };
  const { model, ...others } = rest;
  const named = model === undefined ? {} : { model };
  const what = `${readable(method)} ${readable(path)} ${readable(status)} ${readable(ms)}ms`;
  return [what, { ...named, ...numbers, ...others }];
}

type Pair = readonly [string, string];

/** What fits on the line, and what stands below it. */
function detailsOf(fields: Entry, level: number): [Pair[], string[]] {
  const short: Pair[] = [];
  const long: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (isFault(value)) {
      short.push([key, value.message]);
      if (level >= ERROR_LEVEL && typeof value.stack === 'string') long.push(value.stack);
    } else if (typeof value === 'string' && value.includes('\n')) long.push(value);
    else short.push([key, readable(value)]);
  }
  return [short, long];
}

function isFault(value: unknown): value is { message: string; stack?: unknown } {
  return typeof value === 'object' && value !== null && 'message' in value && 'type' in value;
}

function readable(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
