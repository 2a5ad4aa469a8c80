import type { Conversation } from '../conversation/schema.js';
import { startConversation } from '../store/conversation-store.js';
import { leaveOldTurnsOut } from './chat-actions.js';

/** What can be done once a conversation fills the model's context. */
export function FullContext({ conversation }: { readonly conversation: Conversation }) {
  return (
    <div className="full-context" role="group" aria-label="The context is full">
      <button
        type="button"
        className="button outlined"
        onClick={() => leaveOldTurnsOut(conversation)}
      >
        Leave out the older half
      </button>
      <button type="button" className="button outlined" onClick={startConversation}>
        Start a new chat
      </button>
    </div>
  );
}
