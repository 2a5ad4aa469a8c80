import { existsSync } from 'node:fs';
import { DEFAULT_MODEL_ID } from '@mlx/engine/setup';
import { EngineClientError } from '@mlx/schemas';
import { Command, InvalidArgumentError } from 'commander';
import { chatInTerminal, writeAnswer } from '../chat/chat-terminal.js';
import { changeSetting, newSettings, type ChatSettings } from '../chat/chat-settings.js';
import { readImageFile } from '../chat/image-file.js';
import { openChat } from '../chat/open-chat.js';
import { PIPED, readPiped } from '../chat/piped-text.js';
import { readConfig } from './read-config.js';
import { addServerOptions, askedServer } from './server-options.js';

interface RunFlags {
  readonly config?: string;
  readonly system?: string;
  readonly temperature?: string;
  readonly maxTokens?: string;
  readonly image?: readonly string[];
}

const FAILURE = 1;
const HELP = `
In a chat, /help lists the commands; Ctrl-C stops an answer.

What is piped in is the prompt, or follows the one that is given. Beside a prompt a pipe that stays
silent is waited for briefly; ${PIPED} as a word of the prompt waits for its end, and puts it there.`;

/** `run MODEL [PROMPT]`: a chat in the terminal, or one answer. */
export function runCommand(): Command {
  return addServerOptions(new Command('run'))
    .description('chat with a model in the terminal, or have it answer one prompt')
    .argument(
      '[model]',
      `a name or a directory; left out before a prompt of several words, too (default: ${DEFAULT_MODEL_ID})`,
    )
    .argument('[prompt...]', `answer this and end; ${PIPED} stands for what is piped in`)
    .option('-c, --config <file>', 'configuration file (YAML)')
    .option('--system <text>', 'system prompt')
    .option('--image <file>', 'show this image with the prompt; may be repeated', collect)
    .option(
      '--temperature <number>',
      'how freely tokens are chosen; 0: always the most likely one',
      settingParser('temperature'),
    )
    .option('--max-tokens <number>', 'longest answer', settingParser('max_tokens'))
    .addHelpText('after', HELP)
    .action(run);
}

const collect = (file: string, files: readonly string[] = []) => [...files, file];

async function run(
  this: Command,
  first: string | undefined,
  others: readonly string[],
  flags: RunFlags,
): Promise<void> {
  const { model, words } = readWords(first, others);
  const { stdin, stdout, stderr } = process;
  const images = await Promise.all((flags.image ?? []).map(readImageFile));
  const prompt = await readPrompt(words, images.length > 0);
  if (prompt === '' && !stdin.isTTY && images.length === 0) throw nothingAsked(model);
  const { config } = readConfig(flags.config);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  const server = askedServer(this);
  await using opened = await openChat({ model, server, config, signal: stop.signal });
  const { chat, place } = opened;
  for (const [name, value] of Object.entries({
    system: flags.system,
    temperature: flags.temperature,
    max_tokens: flags.maxTokens,
  })) {
    if (value !== undefined) changeSetting(chat.settings, name, value);
  }
  for (const image of images) chat.attach(image);
  if (prompt !== '' || !stdin.isTTY) {
    if (!(await writeAnswer(chat, prompt, stdout, stop.signal))) process.exitCode = FAILURE;
    return;
  }
  process.off('SIGINT', onSignal);
  stderr.write(`${opened.model} (${place}). /help lists the commands, /bye leaves.\n`);
  await chatInTerminal(chat, { input: stdin, output: stdout });
}

/** The words of the command line and what is piped in, as one text; empty where there is neither. */
async function readPrompt(words: readonly string[], hasImages: boolean): Promise<string> {
  const { stdin, stderr } = process;
  const isNamed = words.includes(PIPED);
  if (stdin.isTTY && !isNamed) return words.join(' ');
  const needed = isNamed || (words.length === 0 && !hasImages);
  const piped = await readPiped(stdin, { needed, errors: stderr });
  if (isNamed) return words.map((word) => (word === PIPED ? piped : word)).join(' ');
  return [words.join(' '), piped].filter(Boolean).join('\n\n');
}

function nothingAsked(model: string | undefined): EngineClientError {
  const asked = model === undefined ? '' : ` of ${model}`;
  return new EngineClientError(
    'InvalidParams',
    `Nothing was asked${asked}: write a prompt after the model, or pipe one in.`,
  );
}

/** Of an option: what the setting of the same name takes, which is refused before anything is loaded. */
function settingParser(name: keyof ChatSettings): (text: string) => string {
  return (text) => {
    const fault = changeSetting(newSettings(), name, text);
    if (fault !== undefined) throw new InvalidArgumentError(`${fault}.`);
    return text;
  };
}

/** No model has a name of several words, or none; a prompt alone is for the default one. */
export function readWords(
  first: string | undefined,
  others: readonly string[],
): { readonly model: string | undefined; readonly words: readonly string[] } {
  const isPrompt = first !== undefined && /\s/.test(first) && !existsSync(first);
  return isPrompt
    ? { model: undefined, words: [first, ...others] }
    : { model: first || undefined, words: others };
}
