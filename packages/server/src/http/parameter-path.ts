/** An API's names for what the engine names; null: it has none. */
export type ParameterNames = Readonly<Record<string, string | null | undefined>>;

/** `messages.0.content` under the names of an API: the first part is renamed, the rest is kept. */
export function parameterPath(names: ParameterNames, field: string): string {
  const [head = '', ...rest] = field.split('.');
  return [names[head] ?? head, ...rest].join('.');
}
