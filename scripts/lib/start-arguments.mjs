import { serverCli } from './paths.mjs';

const modelOption = /^(-m|--model\b|-c|--config\b)/;

/**
 * What Node runs for `npm start -- ARGS`: everything is the server's to read.
 *
 * @param {readonly string[]} args
 */
export function startArguments(args) {
  return [serverCli, 'serve', ...args];
}

/**
 * Whether other models are asked for than the default one, which a set-up would fetch.
 *
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} variables
 */
export function choosesModel(args, variables) {
  return Boolean(variables.MLX_MODEL) || args.some((argument) => modelOption.test(argument));
}
