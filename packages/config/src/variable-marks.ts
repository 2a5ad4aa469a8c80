import type { ConfigFault } from './fault.js';
import type { Setting } from './settings.js';

/** Without braces only where a path begins: elsewhere a dollar may be part of a name. */
const MARK = /\$\{[A-Za-z_]\w*\}|(?<=^|=)\$[A-Za-z_]\w*(?=\/|$)/;

/** Values that hold `${NAME}` or begin with `$NAME/`: nothing replaces it, so it would be taken for the name of a folder. */
export function variableMarks(settings: readonly Setting[]): ConfigFault[] {
  return settings.flatMap(({ path, value, origin }) => {
    const texts = [value].flat().filter((each) => typeof each === 'string');
    const mark = texts.map((text) => MARK.exec(text)?.[0]).find((found) => found !== undefined);
    if (mark === undefined) return [];
    const variable = ['MLX_SERVING', ...path].join('__').toUpperCase();
    const message = `${mark} is not replaced here: write its value, or set ${variable} instead`;
    return [{ path, message, code: 'custom', origin }];
  });
}
