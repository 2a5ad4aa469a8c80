import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { suites } from './suites/suites.ts';

export interface Options {
  readonly suites: readonly string[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly only: ReadonlySet<string>;
  readonly model?: string;
  readonly json?: string;
  readonly markdown?: string;
}

type Flags = Pick<Options, 'quick' | 'model' | 'json' | 'markdown'> & {
  readonly rounds?: number;
  readonly only?: readonly string[];
};

/** What the command line asks for; exits by itself for `--help` and mistakes. */
export function parseOptions(argv: readonly string[]): Options {
  const names = suites.map((suite) => suite.name);
  const ids = benchmarksOf(names);
  const command = new Command('pnpm bench')
    .description(
      'Times this project beside its peers: same machine, same run, same weights, sides in turn.',
    )
    .addArgument(new Argument('[suite...]', 'what to run').choices(names).default(names))
    .option('-r, --rounds <n>', 'rounds per comparison (3, or 1 with --quick)', positiveInteger)
    .option('-q, --quick', 'one round and fewer requests: a look, not a result', false)
    .addOption(new Option('--only <id...>', 'only these benchmarks').choices(ids))
    .option('-m, --model <id or path>', 'the model to serve')
    .option('--json <file>', 'write the results, every round of them')
    .option('--markdown <file>', 'write the results as a page of the documentation')
    .addHelpText('after', `\nSuites:\n${suites.map(suiteHelp).join('\n')}`)
    .parse(argv, { from: 'user' });
  const flags = command.opts<Flags>();
  const [chosen] = command.processedArgs;
  const elsewhere = flags.only?.find((id) => !benchmarksOf(chosen).includes(id));
  if (elsewhere !== undefined) command.error(`error: '${elsewhere}' is in no suite that was named`);
  return {
    ...flags,
    suites: names.filter((name) => chosen.includes(name)),
    rounds: flags.rounds ?? (flags.quick ? 1 : 3),
    only: new Set(flags.only),
  };
}

function benchmarksOf(names: readonly string[]): string[] {
  const chosen = suites.filter(({ name }) => names.includes(name));
  return chosen.flatMap(({ benchmarks }) => benchmarks.map(({ id }) => id));
}

function suiteHelp({ name, description, benchmarks }: (typeof suites)[number]): string {
  const ids = benchmarks.map((benchmark) => benchmark.id).join(', ');
  return `  ${name}: ${description}\n    ${ids}`;
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('A whole number from 1.');
  return value;
}
