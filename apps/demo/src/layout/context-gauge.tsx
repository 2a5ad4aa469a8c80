import type { Conversation } from '../conversation/schema.js';
import { pathOf } from '../conversation/tree.js';
import { findModel, useModels } from '../models/model-list.js';

const NEARLY_FULL = 0.85;

/** How much of what the model can read is taken; absent until an answer has told. */
export function ContextGauge({ conversation }: { readonly conversation: Conversation }) {
  const models = useModels(({ models: all }) => all);
  const total = findModel(models, conversation.model)?.contextLength;
  const used = contextUsed(conversation);
  if (total === undefined || used === undefined) return null;
  const share = Math.min(1, used / total);
  const text = `${format(used)} of ${format(total)} tokens of context`;
  return (
    <div className="gauge" data-full={share >= NEARLY_FULL} title={text}>
      <meter min={0} max={1} high={NEARLY_FULL} optimum={0} value={share} aria-label={text}>
        {text}
      </meter>
      <span aria-hidden="true">
        {format(used)} / {format(total)}
      </span>
    </div>
  );
}

function contextUsed(conversation: Conversation): number | undefined {
  const last = pathOf(conversation).findLast(
    (message) => message.role === 'assistant' && message.contextUsed !== undefined,
  );
  return last?.role === 'assistant' ? last.contextUsed : undefined;
}

function format(tokens: number): string {
  return tokens < 10_000 ? String(tokens) : `${Math.round(tokens / 1000)}k`;
}
