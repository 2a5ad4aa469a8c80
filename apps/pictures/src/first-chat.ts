import { setTimeout as pause } from 'node:timers/promises';
import { COMMAND, type PicturedServer } from './pictured-server.ts';
import { drawFilm } from './terminal/draw.ts';
import { Session } from './terminal/session.ts';
import { shorten } from './terminal/shorten.ts';

const SIZE = { columns: 96, rows: 17 };
const LONGEST_PAUSE_MS = 700;

/** A person who talks with a model in a terminal: recorded as it is, pauses shortened. */
export async function firstChat({ url }: PicturedServer): Promise<string> {
  const shell = ['bash', '--norc', '--noprofile'] as const;
  // What is typed must not go into the person's own history.
  const env = { HISTFILE: '', MLX_SERVE_URL: url };
  using session = new Session([...shell], SIZE, env);
  await session.shows(/[$#] *$/);
  await session.type(`mlx-serve() { ${process.execPath} ${COMMAND} "$@"; }; PS1='$ '; clear\r`);
  await session.shows(/^\$ *$/);
  session.frames.length = 0;
  await pause(300);
  await session.type('mlx-serve run\r');
  await session.shows(/>>> *$/);
  await ask(session, 'What is the capital of France?');
  await ask(session, '/set max_tokens 40');
  await ask(session, 'Tell me about the sea.');
  await session.type('/bye\r');
  await session.shows(/\n\$ *$/);
  await session.type('mlx-serve ls\r');
  await session.shows(/NAME[\s\S]*\n\$ *$/);
  return drawFilm(shorten(session.frames, LONGEST_PAUSE_MS), SIZE, 'A chat in the terminal');
}

async function ask(session: Session, line: string): Promise<void> {
  await pause(400);
  await session.type(line);
  await session.shows(/>>> .*\S$/);
  await session.type('\r');
  await session.shows(/>>> *$/);
}
