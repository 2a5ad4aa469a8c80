import type { GeneratorParams, OpenAIModel, ReasoningOptions } from '@mlx/schemas';
import type { BodyReader } from '../fields/body-reader.js';
import type { ClientField } from '../http/client-field.js';

type Hint = keyof ReasoningOptions;

/**
 * The prompts without what this model cannot be asked of its thinking, each
 * such hint told to the reader. To think less than a model does, where that
 * cannot be asked, stays and is refused by name: it would change the answer.
 */
export function withFollowedHints(
  prompts: readonly GeneratorParams[],
  { capabilities }: OpenAIModel,
  reader: BodyReader,
  clientField: ClientField,
): readonly GeneratorParams[] {
  if (!capabilities) return prompts;
  const { reasoning: thinks, reasoning_options: options } = capabilities;
  return prompts.map(({ reasoning, ...params }) => {
    if (!reasoning) return params;
    const unfollowed = unfollowedHints(reasoning, thinks, options);
    for (const hint of unfollowed) reader.ignore(clientField(`reasoning.${hint}`));
    const followed = withoutHints(reasoning, unfollowed, options);
    return followed ? { ...params, reasoning: followed } : params;
  });
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
