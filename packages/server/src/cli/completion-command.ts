import { Argument, Command } from 'commander';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** Commands whose argument is a model that is on this machine. */
const TAKE_MODELS: ReadonlySet<string> = new Set([
  'show',
  'rm',
  'cp',
  'fit',
  'run',
  'load',
  'stop',
]);

/** `completion SHELL`: a script that knows the commands and options of the program, and the models here. */
export function completionCommand(program: Command): Command {
  return new Command('completion')
    .description('print a script that completes commands, options and models')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText(
      'after',
      '\nIn ~/.bashrc:   eval "$(mlx-serve completion bash)"' +
        '\nIn ~/.zshrc:    eval "$(mlx-serve completion zsh)"' +
        '\nFor fish:       mlx-serve completion fish > ~/.config/fish/completions/mlx-serve.fish',
    )
    .action((shell: Shell) => {
      process.stdout.write(scripts[shell](describe(program)));
    });
}

interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly string[];
}

function describe(program: Command): CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [
      ...command.commands.map((child) => child.name()),
      ...command.options.flatMap(({ long }) => long ?? []),
      '--help',
    ],
  }));
}

const scripts: Record<Shell, (commands: readonly CommandWords[]) => string> = {
  bash: bashScript,
  zsh: (commands) => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`,
  fish: fishScript,
};

function bashScript(commands: readonly CommandWords[]): string {
  const cases = commands.map(({ name, options }) => {
    const models = TAKE_MODELS.has(name) ? ' $(mlx-serve ls --quiet 2>/dev/null)' : '';
    return `    ${name}) words="${options.join(' ')}${models}" ;;`;
  });
  return `_mlx_serve() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ -n "\${COMPREPLY[*]}" ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _mlx_serve mlx-serve
`;
}

function fishScript(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, description, options }) => {
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c mlx-serve -n __fish_use_subcommand -a ${name} -d '${description.replaceAll("'", String.raw`\'`)}'`,
      ...options.map((option) => `complete -c mlx-serve ${within} ${fishWord(option)}`),
      ...(TAKE_MODELS.has(name)
        ? [`complete -c mlx-serve ${within} -a '(mlx-serve ls --quiet 2>/dev/null)'`]
        : []),
    ];
  });
  return `${lines.join('\n')}\n`;
}

const fishWord = (word: string) => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`);
