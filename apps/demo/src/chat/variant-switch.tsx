import type { Conversation, Message } from '../conversation/schema.js';
import { variantsOf } from '../conversation/tree.js';
import { BackIcon, ForwardIcon } from '../layout/icons.js';
import { IconButton } from '../layout/icon-button.js';
import { showVariant } from './chat-actions.js';

interface VariantSwitchProps {
  readonly conversation: Conversation;
  readonly message: Message;
}

/** Goes through what was written in one place; absent where that was one thing. */
export function VariantSwitch({ conversation, message }: VariantSwitchProps) {
  const variants = variantsOf(conversation, message);
  const index = variants.findIndex(({ id }) => id === message.id);
  if (variants.length < 2) return null;
  const go = (step: number): void => {
    const variant = variants[index + step];
    if (variant) showVariant(conversation, variant);
  };
  return (
    <span className="variants" role="group" aria-label="Variants">
      <IconButton
        className="small"
        label="Previous variant"
        disabled={index === 0}
        onClick={() => go(-1)}
      >
        <BackIcon />
      </IconButton>
      <span className="variant-count">
        {index + 1} / {variants.length}
      </span>
      <IconButton
        className="small"
        label="Next variant"
        disabled={index === variants.length - 1}
        onClick={() => go(1)}
      >
        <ForwardIcon />
      </IconButton>
    </span>
  );
}
