import { useEffect, useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react';
import type { Attachment } from '../conversation/schema.js';
import { AttachButton, AttachmentList, useAttachments } from '../files/attachments.js';
import { useDroppedFiles } from '../files/use-dropped-files.js';
import { SendIcon, StopIcon } from '../layout/icons.js';
import type { ReactNode } from 'react';

interface ComposerProps {
  readonly ready: boolean;
  readonly busy: boolean;
  /** The model that will answer, where it reads text only. */
  readonly blindModel: string | undefined;
  readonly onSend: (text: string, files: readonly Attachment[]) => void;
  readonly onStop: () => void;
  /** Switches that stand beside the text. */
  readonly children: ReactNode;
}

/**
 * Where questions are written: Enter sends, also what is asked before the model
 * is ready, Shift+Enter breaks the line, Escape stops.
 */
export function Composer({ ready, busy, blindModel, onSend, onStop, children }: ComposerProps) {
  const [text, setText] = useState('');
  // Asked before the model is ready: sent once it is.
  const [asked, setAsked] = useState(false);
  const attachments = useAttachments();
  const input = useRef<HTMLTextAreaElement>(null);
  const hasContent = text.trim() !== '' || attachments.files.length > 0;
  const hindrance = hindranceOf(attachments.files, blindModel);
  const canAsk = !busy && hasContent && hindrance === undefined;
  const dropping = useDroppedFiles(attachments.add);
  useStopOnEscape(busy, onStop);
  useEffect(() => {
    if (ready) input.current?.focus();
  }, [ready]);

  const send = (): void => {
    if (!canAsk) return;
    setAsked(!ready);
    if (!ready) return;
    onSend(text.trim(), attachments.files);
    setText('');
    attachments.clear();
    input.current?.focus();
  };
  useEffect(() => {
    if (ready && asked) send();
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes a character, Enter confirms that character.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="composer"
      aria-label="Question"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <AttachmentList
        attachments={attachments}
        hindrance={hindrance}
        onRemoved={() => input.current?.focus()}
      />
      <div className="composer-box" data-dropping={dropping}>
        <textarea
          id="composer-input"
          ref={input}
          rows={1}
          aria-label="Message"
          placeholder={ready ? 'Ask anything' : 'Waiting for the model…'}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAsked(false);
          }}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            const files = pastedFiles(event);
            if (files.length === 0) return;
            event.preventDefault();
            void attachments.add(files);
          }}
        />
        <div className="composer-row">
          <AttachButton attachments={attachments} />
          {children}
          {busy ? (
            <button type="button" className="send-button" aria-label="Stop" onClick={onStop}>
              <StopIcon />
            </button>
          ) : (
            <button
              type="submit"
              className="send-button"
              aria-label="Send"
              disabled={!canAsk || asked}
            >
              <SendIcon />
            </button>
          )}
        </div>
      </div>
      <p className="composer-note" role={asked ? 'status' : undefined}>
        {asked ? 'Your question is asked as soon as the model is ready.' : <Keys />}
      </p>
    </form>
  );
}

function Keys() {
  return (
    <>
      <kbd>Enter</kbd> sends · <kbd>Shift</kbd> <kbd>Enter</kbd> new line · <kbd>Esc</kbd> stops.
      Small models make mistakes: check what matters.
    </>
  );
}

/** What stands against sending these files to the model. */
function hindranceOf(files: readonly Attachment[], blindModel: string | undefined) {
  if (blindModel === undefined || !files.some((file) => 'image' in file)) return undefined;
  return `${blindModel} reads text only. Choose a model that sees images, or remove the image.`;
}

/** None where there is text too: office programs put a picture of it beside it. */
function pastedFiles({ clipboardData }: ClipboardEvent): File[] {
  return clipboardData.types.includes('text/plain') ? [] : [...clipboardData.files];
}

/** A layer above the chat has Escape for itself. */
function useStopOnEscape(busy: boolean, onStop: () => void): void {
  useEffect(() => {
    if (!busy) return undefined;
    const onKey = (event: globalThis.KeyboardEvent): void => {
      const layered = document.querySelector('dialog[open], [popover]:popover-open') !== null;
      if (event.key === 'Escape' && !layered) onStop();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [busy, onStop]);
}

/** Puts the focus where the next question is written. */
export function focusComposer(): void {
  document.getElementById('composer-input')?.focus();
}
