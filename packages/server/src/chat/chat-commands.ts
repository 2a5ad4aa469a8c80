import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Chat } from './chat.js';
import { changeSetting, settingNames } from './chat-settings.js';
import { demoToolNames } from './demo-tools.js';
import { readImageFile } from './image-file.js';
import { TurnSchema } from './turn.js';

/** What a line that starts with a slash did. */
export type CommandOutcome =
  { readonly kind: 'said'; readonly text: string } | { readonly kind: 'leave' };

const HELP = `/set NAME VALUE   ${settingNames.join(', ')}; without a value: as the model does
                  tools on: the model may call ${demoToolNames.join(' and ')}, which show how that is
/show             settings that are not the model's own
/image FILE       show an image with the next question; several ones one by one
/clear            begin anew
/save FILE        write the conversation and its settings
/load FILE        go on with one that was saved
/bye              leave; so does Ctrl-D
"""               begins and ends a text of several lines
Ctrl-C            stops an answer`;

const SavedSchema = z.object({
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  turns: z.array(TurnSchema),
});

export async function runChatCommand(chat: Chat, line: string): Promise<CommandOutcome> {
  const [, command = '', rest = ''] = /^(\/\S+)\s*([\s\S]*)$/.exec(line) ?? [];
  switch (command) {
    case '/bye':
    case '/exit':
    case '/quit':
      return { kind: 'leave' };
    case '/set':
      return said(set(chat, rest));
    case '/show':
      return said(show(chat));
    case '/image':
      return said(await attach(chat, rest));
    case '/clear':
      chat.clear();
      return said('A new conversation.');
    case '/save':
      return said(await save(chat, rest));
    case '/load':
      return said(await load(chat, rest));
    case '/help':
    case '/?':
      return said(HELP);
    default:
      return said(`There is no ${command}. /help lists what there is.`);
  }
}

const said = (text: string): CommandOutcome => ({ kind: 'said', text });

function set(chat: Chat, rest: string): string {
  const [, name = '', value = ''] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
  if (name === '') return show(chat);
  const wrong = changeSetting(chat.settings, name, value.trim());
  return wrong ?? (value === '' ? `${name}: as the model does` : `${name}: ${value.trim()}`);
}

function show(chat: Chat): string {
  const own = Object.entries(chat.settings).filter(([, value]) => value !== undefined);
  const changed = Object.entries({ ...chat.defaults, ...Object.fromEntries(own) });
  if (changed.length === 0) return "All settings are the model's own.";
  return changed.map(([name, value]) => `${name}: ${String(value)}`).join('\n');
}

async function attach(chat: Chat, file: string): Promise<string> {
  if (file === '') return 'Name a file: /image photo.jpg';
  try {
    chat.attach(await readImageFile(file));
    return `${file} goes with your next question.`;
  } catch (error) {
    return `Not attached: ${reasonOf(error)}`;
  }
}

async function save(chat: Chat, file: string): Promise<string> {
  if (file === '') return 'Name a file: /save conversation.json';
  const { settings, turns } = chat;
  try {
    await writeFile(file, `${JSON.stringify({ settings, turns }, null, 2)}\n`);
    return `Saved to ${file}`;
  } catch (error) {
    return `Not saved: ${reasonOf(error)}`;
  }
}

async function load(chat: Chat, file: string): Promise<string> {
  if (file === '') return 'Name a file: /load conversation.json';
  try {
    const { settings, turns } = SavedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    chat.restore(turns);
    for (const [name, value] of Object.entries(settings)) {
      changeSetting(
        chat.settings,
        name,
        typeof value === 'boolean' ? onOrOff(value) : String(value),
      );
    }
    return `Loaded ${turns.length} turns`;
  } catch (error) {
    return `Not loaded: ${error instanceof z.ZodError ? 'it is no saved conversation' : reasonOf(error)}`;
  }
}

const onOrOff = (value: boolean) => (value ? 'on' : 'off');

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
