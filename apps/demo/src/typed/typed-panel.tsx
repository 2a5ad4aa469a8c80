import { useEffect, useRef, useState } from 'react';
import { CloseIcon } from '../layout/icons.js';
import { OBJECT_EXAMPLE, TOOL_EXAMPLE } from './examples.js';
import { useTypedAnswer } from './use-typed-answer.js';

interface TypedPanelProps {
  readonly model: string;
  readonly onClose: () => void;
}

/** A zod schema on one side, what the model fills it in with on the other. */
export function TypedPanel({ model, onClose }: TypedPanelProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [example, setExample] = useState(OBJECT_EXAMPLE);
  const [prompt, setPrompt] = useState(OBJECT_EXAMPLE.prompt);
  const { answer, ask, clear } = useTypedAnswer(model);
  useEffect(() => dialog.current?.showModal(), []);

  const choose = (next: typeof example) => {
    setExample(next);
    setPrompt(next.prompt);
    clear();
  };

  return (
    <dialog ref={dialog} className="typed" aria-labelledby="typed-title" onClose={onClose}>
      <header>
        <h2 id="typed-title">Typed answers</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      <div className="typed-choices">
        {[OBJECT_EXAMPLE, TOOL_EXAMPLE].map((each) => (
          <button
            key={each.title}
            type="button"
            className="suggestion"
            aria-pressed={each === example}
            onClick={() => choose(each)}
          >
            {each.title}
          </button>
        ))}
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask(example, prompt);
        }}
      >
        <input
          aria-label="Request"
          value={prompt}
          onChange={({ target }) => setPrompt(target.value)}
        />
        <button type="submit" className="button primary" disabled={answer.state === 'running'}>
          Run
        </button>
      </form>
      <div className="typed-sides">
        <figure>
          <figcaption>Schema</figcaption>
          <pre>{example.source}</pre>
        </figure>
        <figure data-state={answer.state}>
          <figcaption>{captions[answer.state]}</figcaption>
          <pre aria-label="Answer">{answer.text}</pre>
        </figure>
      </div>
      {answer.message && <p role="alert">{answer.message}</p>}
    </dialog>
  );
}

const captions = {
  empty: 'Answer',
  running: 'Filling in…',
  valid: 'Valid ✓',
  failed: 'Not complete',
} as const;
