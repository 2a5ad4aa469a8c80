/** Where a value of the configuration came from. */
export type Origin =
  | { readonly layer: 'default' }
  | {
      readonly layer: 'file';
      readonly file: string;
      readonly line: number;
      readonly column: number;
      /** Set when the value stands in the section of an environment. */
      readonly environment?: string;
    }
  | { readonly layer: 'variable'; readonly name: string }
  | { readonly layer: 'options' };

/** One line for people: `config/runtime.yaml:12:5`, `MLX_SERVING__LOGGING__LEVEL`, ... */
export function describeOrigin(origin: Origin): string {
  switch (origin.layer) {
    case 'default':
      return 'default';
    case 'file': {
      const position = `${origin.file}:${origin.line}:${origin.column}`;
      return origin.environment ? `${position} (environment ${origin.environment})` : position;
    }
    case 'variable':
      return origin.name;
    case 'options':
      return 'options';
    default:
      return origin satisfies never;
  }
}
