import type { Command } from 'commander';
import type { CommandContext } from './cli-context.js';
import { addConvertCommand } from './convert-command.js';
import { addCopyCommand } from './copy-command.js';
import { addFitCommand } from './fit-command.js';
import { addInfoCommand } from './info-command.js';
import { addListCommand } from './list-command.js';
import { addPullCommand } from './pull-command.js';
import { addRemoveCommands } from './remove-command.js';
import { addSetupCommand } from './setup-command.js';
import { addShowCommand } from './show-command.js';

/** What concerns Python and the models on disk, for the command lines of engine and server. */
export function addEngineCommands(program: Command, context: CommandContext): void {
  addPullCommand(program, context);
  addListCommand(program, context);
  addShowCommand(program, context);
  addRemoveCommands(program, context);
  addCopyCommand(program, context);
  addConvertCommand(program, context);
  addFitCommand(program, context);
  addSetupCommand(program, context);
  addInfoCommand(program, context);
}
