import type { SetupContext } from '../context.js';
import { keptName, listModels, type LocalModel } from '../model/list-models.js';

/** The kept model of that name: `owner/name`, or `owner/name@revision`. */
export function findKept(name: string, context: SetupContext): LocalModel | undefined {
  return listModels(context).find((model) => keptName(model) === name);
}
