import { ThinkIcon } from '../layout/icons.js';
import type { Conversation } from '../conversation/schema.js';
import { findModel, useModels } from '../models/model-list.js';
import { updateConversation } from '../store/conversation-store.js';

/** Whether the model reasons before it answers; absent where it cannot be asked. */
export function ThinkingSwitch({ conversation }: { readonly conversation: Conversation }) {
  const models = useModels(({ models: all }) => all);
  const options = findModel(models, conversation.model)?.capabilities?.reasoning_options ?? [];
  if (!options.includes('enabled')) return null;
  // Templates that can be asked think unless they are told not to.
  const thinks = conversation.settings.thinking ?? true;
  return (
    <button
      type="button"
      className="toggle"
      aria-pressed={thinks}
      onClick={() =>
        updateConversation(conversation.id, (current) => ({
          ...current,
          settings: { ...current.settings, thinking: !thinks },
        }))
      }
    >
      <ThinkIcon />
      Think
    </button>
  );
}
