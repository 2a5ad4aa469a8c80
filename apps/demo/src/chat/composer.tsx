import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { SendIcon, StopIcon } from '../layout/icons.js';

interface ComposerProps {
  readonly ready: boolean;
  readonly busy: boolean;
  readonly onSend: (text: string) => void;
  readonly onStop: () => void;
}

/** Where questions are written: Enter sends, Shift+Enter breaks the line, Escape stops. */
export function Composer({ ready, busy, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState('');
  const input = useRef<HTMLTextAreaElement>(null);
  const canSend = ready && !busy && text.trim() !== '';
  useStopOnEscape(busy, onStop);
  useEffect(() => {
    if (ready) input.current?.focus();
  }, [ready]);

  const send = (): void => {
    if (!canSend) return;
    onSend(text.trim());
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a character, Enter confirms that character.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="composer-box">
        <textarea
          ref={input}
          rows={1}
          aria-label="Message"
          placeholder={ready ? 'Ask anything' : 'Waiting for the model…'}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {busy ? (
          <button type="button" className="send-button" aria-label="Stop" onClick={onStop}>
            <StopIcon />
          </button>
        ) : (
          <button type="submit" className="send-button" aria-label="Send" disabled={!canSend}>
            <SendIcon />
          </button>
        )}
      </div>
      <p className="composer-note">
        <kbd>Enter</kbd> sends · <kbd>Shift</kbd> <kbd>Enter</kbd> new line · <kbd>Esc</kbd> stops.
        Small models make mistakes: check what matters.
      </p>
    </form>
  );
}

function useStopOnEscape(busy: boolean, onStop: () => void): void {
  useEffect(() => {
    if (!busy) return undefined;
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (event.key === 'Escape') onStop();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [busy, onStop]);
}
