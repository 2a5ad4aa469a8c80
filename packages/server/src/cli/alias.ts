/** `name=model` in its two halves; undefined where it is not like that. */
export function readAlias(text: string): [name: string, model: string] | undefined {
  const [, name, model] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  return name === undefined || model === undefined ? undefined : [name, model];
}
