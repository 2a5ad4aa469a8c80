import { useState } from 'react';
import { Sheet } from '../layout/sheet.js';
import { EXAMPLES, type StructuredExample } from './examples.js';
import { useStructuredAnswer } from './use-structured-answer.js';

interface StructuredPanelProps {
  readonly model: string;
  readonly onClose: () => void;
}

/** A schema of the reader's own on one side, what the model fills it in with on the other. */
export function StructuredPanel({ model, onClose }: StructuredPanelProps) {
  const [source, setSource] = useState(EXAMPLES[0].source);
  const [prompt, setPrompt] = useState(EXAMPLES[0].prompt);
  const { answer, ask, stop, clear } = useStructuredAnswer(model);
  const running = answer.state === 'running';

  const choose = (example: StructuredExample): void => {
    setSource(example.source);
    setPrompt(example.prompt);
    clear();
  };

  return (
    <Sheet title="Structured output" className="dialog wide" onClose={onClose}>
      <div className="structured">
        <p className="field-hint">
          Write a zod schema or a JSON Schema: the answer is held to it while it is written.
        </p>
        <div className="structured-choices" role="group" aria-label="Examples">
          {EXAMPLES.map((example) => (
            <button
              key={example.title}
              type="button"
              className="suggestion"
              onClick={() => choose(example)}
            >
              {example.title}
            </button>
          ))}
        </div>
        <form
          className="structured-ask"
          onSubmit={(event) => {
            event.preventDefault();
            if (running) stop();
            else void ask(source, prompt.trim());
          }}
        >
          <input
            aria-label="Request"
            value={prompt}
            onChange={({ target }) => setPrompt(target.value)}
          />
          <button
            type="submit"
            className="button primary"
            disabled={!running && (prompt.trim() === '' || model === '')}
          >
            {running ? 'Stop' : 'Run'}
          </button>
        </form>
        <div className="structured-sides">
          <div className="structured-side">
            <label htmlFor="schema-source">Schema</label>
            <textarea
              id="schema-source"
              spellCheck={false}
              value={source}
              onChange={({ target }) => {
                setSource(target.value);
                // What was asked under another schema is no answer to this one.
                clear();
              }}
            />
          </div>
          <figure className="structured-side" data-state={answer.state}>
            <figcaption>{CAPTIONS[answer.state]}</figcaption>
            <pre tabIndex={0} role="region" aria-label="Answer">
              {answer.text}
            </pre>
          </figure>
        </div>
        {answer.message && <p role="alert">{answer.message}</p>}
      </div>
    </Sheet>
  );
}

const CAPTIONS = {
  empty: 'Answer',
  running: 'Filling in…',
  valid: 'Valid ✓',
  failed: 'Not complete',
} as const;
