import type { ModelCapabilities } from '@mlx/engine';
import type { GeneratorParams, ReasoningOptions } from '@mlx/schemas';
import type { BodyReader } from '../fields/body-reader.js';
import type { ClientField } from '../http/client-field.js';

type Hint = keyof ReasoningOptions;

/** Prompts without what this model cannot be asked of its thinking. */
export function withFollowedHints(
  prompts: readonly GeneratorParams[],
  known: ModelCapabilities | undefined,
  reader: BodyReader,
  clientField: ClientField,
): readonly GeneratorParams[] {
  return prompts.map(({ reasoning, ...params }) => {
    const followed = followedHints(reasoning, known, reader, clientField);
    return followed ? { ...params, reasoning: followed } : params;
  });
}

/**
 * What this model can be asked of its thinking; the other hints are told to the
 * reader. Not to think, where that cannot be had, stays and is refused by name:
 * it would change the answer.
 */
export function followedHints(
  reasoning: ReasoningOptions | undefined,
  known: ModelCapabilities | undefined,
  reader: BodyReader,
  clientField: ClientField,
): ReasoningOptions | undefined {
  if (!reasoning || !known) return reasoning;
  const { reasoning: thinks, reasoningOptions: options } = known;
  if (isOff(reasoning) && thinks && cannotSwitch(options)) return { budgetTokens: 0 };
  const unfollowed = unfollowedHints(reasoning, thinks, options);
  for (const hint of unfollowed) reader.ignore(clientField(`reasoning.${hint}`));
  return withoutHints(reasoning, unfollowed, options);
}

function unfollowedHints(
  { effort, enabled, budgetTokens }: ReasoningOptions,
  thinks: boolean,
  options: readonly string[],
): Hint[] {
  const hints: Hint[] = [];
  if (effort && effort !== 'none' && !options.includes('effort')) hints.push('effort');
  if (enabled === true && !thinks && !options.includes('enabled')) hints.push('enabled');
  if (budgetTokens !== undefined && !thinks) hints.push('budgetTokens');
  return hints;
}

const isOff = ({ enabled, effort }: ReasoningOptions): boolean =>
  enabled === false || (enabled === undefined && effort === 'none');

/** A model whose template has no switch can still be made to end its thoughts at once. */
const cannotSwitch = (options: readonly string[]): boolean =>
  !options.includes('enabled') && options.includes('budgetTokens');

/** An effort says at least that the model is to think. */
function withoutHints(
  reasoning: ReasoningOptions,
  unfollowed: readonly Hint[],
  options: readonly string[],
): ReasoningOptions | undefined {
  const rest = Object.entries(reasoning).filter(([name]) => !unfollowed.includes(name as Hint));
  const switchedOn = unfollowed.includes('effort') && options.includes('enabled');
  const followed = { ...(switchedOn ? { enabled: true } : {}), ...Object.fromEntries(rest) };
  return Object.keys(followed).length === 0 ? undefined : followed;
}
