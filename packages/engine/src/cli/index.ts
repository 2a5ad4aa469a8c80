export { abortOnSignals, exitCodeOf } from './abort-on-signals.js';
export { addEngineCommands } from './add-commands.js';
export type { CliContext, CommandContext, Output } from './cli-context.js';
export { plainMessage } from './plain-message.js';
export { readHelp } from './read-help.js';
export { reportProgress } from './report-progress.js';
export { formatBytes, formatDuration, formatJson, formatTable } from './format.js';
