import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const file = () =>
  join(process.env['MLX_SERVE_HOME'] || join(homedir(), '.cache', 'mlx-serve'), 'chat-history');

/** What was typed in earlier chats, the newest first. */
export async function readHistory(): Promise<string[]> {
  const text = await readFile(file(), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** A history that cannot be kept is no reason not to chat. */
export async function writeHistory(entries: readonly string[]): Promise<void> {
  try {
    await mkdir(dirname(file()), { recursive: true });
    await writeFile(file(), `${entries.join('\n')}\n`, { mode: 0o600 });
  } catch {
    return;
  }
}
