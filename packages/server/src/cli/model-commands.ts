import { formatBytes, formatDuration, formatJson, formatTable } from '@mlx/engine/cli';
import { OpenAIModelListSchema, type OpenAIModel } from '@mlx/schemas/endpoints';
import { Command } from 'commander';
import { askServer, readAnswer } from '../client/server-client.js';
import { addServerOptions, askedServer } from './server-options.js';

interface Flags {
  readonly json: boolean;
}

interface LoadFlags extends Flags {
  readonly keepAlive?: string;
  readonly pin: boolean;
}

const HEADER = ['NAME', 'STATE', 'MEMORY', 'REQUESTS', 'LEAVES'];

/** What is in the memory of a running server: `ps`, `load`, `stop`. */
export function modelCommands(signal: AbortSignal): Command[] {
  return [psCommand(signal), loadCommand(signal), stopCommand(signal)];
}

function psCommand(signal: AbortSignal): Command {
  return addServerOptions(new Command('ps'))
    .description('list the models that a running server has in memory')
    .option('-a, --all', 'also those that it would load', false)
    .option('--json', 'print JSON', false)
    .action(async function (this: Command, { all, json }: Flags & { all: boolean }) {
      const ask = askServer(askedServer(this).url, signal);
      const answer = await readAnswer(await ask('/v1/models'));
      const { data } = OpenAIModelListSchema.parse(answer);
      const models = data.filter(({ state }) => all || state !== 'unloaded');
      if (json) process.stdout.write(formatJson(models));
      else process.stdout.write(formatTable([HEADER, ...models.map(toRow)]));
    });
}

function toRow(model: OpenAIModel): string[] {
  const {
    id,
    state = 'loaded',
    progress,
    memory_bytes,
    active_requests,
    expires_at,
    pinned,
  } = model;
  const share = progress === undefined ? '' : ` ${Math.round(progress * 100)} %`;
  const stays = pinned ? 'never (pinned)' : 'when others need its room';
  const leaves = expires_at ? `in ${formatDuration(expires_at * 1000 - Date.now())}` : stays;
  return [
    id,
    `${state}${share}`,
    memory_bytes === undefined ? '' : formatBytes(memory_bytes),
    String(active_requests ?? ''),
    state === 'loaded' ? leaves : '',
  ];
}

function loadCommand(signal: AbortSignal): Command {
  return addServerOptions(new Command('load'))
    .description('have a running server load a model')
    .argument('<model>')
    .option(
      '--keep-alive <time>',
      'how long it stays without use, such as 10m; -1: while there is room',
    )
    .option('--pin', 'never makes room for others', false)
    .option('--json', 'print JSON', false)
    .action(async function (this: Command, model: string, { json, keepAlive, pin }: LoadFlags) {
      const body = JSON.stringify({
        model,
        keep_alive: keepAlive,
        ...(pin ? { pinned: true } : {}),
      });
      const ask = askServer(askedServer(this).url, signal);
      const answer = await readAnswer(await ask('/v1/models/load', { method: 'POST', body }));
      process.stdout.write(json ? formatJson(answer) : `${model} is loaded\n`);
    });
}

function stopCommand(signal: AbortSignal): Command {
  return addServerOptions(new Command('stop'))
    .alias('unload')
    .description('have a running server take a model out of memory')
    .argument('<model>')
    .option('--json', 'print JSON', false)
    .action(async function (this: Command, model: string, { json }: Flags) {
      const body = JSON.stringify({ model });
      const ask = askServer(askedServer(this).url, signal);
      const answer = await readAnswer(await ask('/v1/models/unload', { method: 'POST', body }));
      process.stdout.write(json ? formatJson(answer) : `${model} is unloaded\n`);
    });
}
