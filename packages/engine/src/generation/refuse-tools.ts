import type { GeneratorParams } from '@mlx/schemas';
import { invalidParameter } from '../support/errors.js';

/** Throws InvalidParams for tools, and choices among them, that make no sense. */
export function refuseTools(params: GeneratorParams): void {
  const { tools = [], toolChoice = 'auto', messages, reasoning } = params;
  if (messages === undefined) {
    if (tools.length > 0) throw invalidParameter('tools', 'Need messages');
    if (reasoning !== undefined) throw invalidParameter('reasoning', 'Needs messages');
  }
  const names = tools.map(({ name }) => name);
  const twin = names.findIndex((name, index) => names.indexOf(name) < index);
  if (twin !== -1) throw invalidParameter(`tools.${twin}.name`, 'Another tool has this name');
  if (toolChoice === 'required' && tools.length === 0) {
    throw invalidParameter('toolChoice', 'There is no tool to call');
  }
  if (typeof toolChoice === 'object' && !names.includes(toolChoice.name)) {
    throw invalidParameter('toolChoice.name', `There is no tool named '${toolChoice.name}'`);
  }
}
