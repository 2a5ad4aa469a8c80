import { setTimeout as pause } from 'node:timers/promises';
import { COMMAND, type PicturedServer } from './pictured-server.ts';
import { drawStill } from './terminal/draw.ts';
import { Session } from './terminal/session.ts';

const SIZE = { columns: 136, rows: 7 };
/** Until speeds are those of a server at work. */
const WORKING_MS = 15_000;

/** `mlx-serve top` beside a server that several clients keep busy. */
export async function top(server: PicturedServer): Promise<string> {
  await using _clients = server.keepBusy(4);
  using session = new Session([process.execPath, COMMAND, 'top', '--url', server.url], SIZE, {});
  await session.shows(/MODEL/);
  await pause(WORKING_MS);
  const frame = session.frames.at(-1);
  if (frame === undefined) throw new Error('Nothing was shown.');
  return drawStill(frame, SIZE, 'mlx-serve top');
}
