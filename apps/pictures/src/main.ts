import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Argument, Command } from 'commander';
import { dashboard } from './dashboard.ts';
import { firstChat } from './first-chat.ts';
import { livePanel } from './live-panel.ts';
import { startServer, type PicturedServer } from './pictured-server.ts';
import { top } from './top.ts';

const pictures: Readonly<Record<string, (server: PicturedServer) => Promise<string | Buffer>>> = {
  'first-chat.svg': firstChat,
  'top.svg': top,
  'live-panel.png': livePanel,
  'dashboard.svg': dashboard,
};
const FOLDER = new URL('../../../docs/images/', import.meta.url);

const command = new Command('pnpm pictures')
  .description('Takes the pictures of the documentation anew, of the real server and model.')
  .addArgument(
    new Argument('[picture...]').choices(Object.keys(pictures)).default(Object.keys(pictures)),
  )
  .addHelpText(
    'after',
    '\ndashboard.svg needs a `prometheus` on the PATH, or where MLX_PROMETHEUS says.',
  )
  .action(take);
await command.parseAsync();

async function take(names: readonly string[]): Promise<void> {
  await using server = await startServer();
  for (const [name, draw] of Object.entries(pictures)) {
    if (!names.includes(name)) continue;
    const file = fileURLToPath(new URL(name, FOLDER));
    await writeFile(file, await draw(server));
    process.stdout.write(`${file}\n`);
  }
}
