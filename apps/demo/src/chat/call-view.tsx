import type { ToolCall } from '../conversation/schema.js';
import { ToolIcon } from '../layout/icons.js';
import { decide } from '../tools/decisions.js';

interface CallViewProps {
  readonly call: ToolCall;
  readonly answering: boolean;
}

/** A call with its arguments and what came of it; asks before it is made. */
export function CallView({ call, answering }: CallViewProps) {
  const asks = answering && call.state === 'asking' && call.server !== '';
  return (
    <section className="call" data-state={call.state} aria-label={`Tool call ${call.name}`}>
      <header>
        <ToolIcon />
        <strong>{call.name}</strong>
        {call.server && <span>{call.server}</span>}
        <em>{STATES[call.state]}</em>
      </header>
      <pre tabIndex={0} role="region" aria-label="Arguments">
        {indented(call.arguments)}
      </pre>
      {call.result && (
        <details>
          <summary>Result</summary>
          <pre tabIndex={0} role="region" aria-label="Result">
            {call.result}
          </pre>
        </details>
      )}
      {asks && (
        <div className="call-choices" role="group" aria-label={`Allow ${call.name}?`}>
          <button type="button" className="button primary" onClick={() => decide(call.id, 'once')}>
            Allow
          </button>
          <button
            type="button"
            className="button outlined"
            onClick={() => decide(call.id, 'always')}
          >
            Always in this chat
          </button>
          <button type="button" className="button quiet" onClick={() => decide(call.id, 'refuse')}>
            Refuse
          </button>
        </div>
      )}
    </section>
  );
}

const STATES = {
  asking: 'not run yet',
  running: 'running…',
  done: 'done',
  refused: 'refused',
  failed: 'failed',
} as const;

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Still being written.
    return text;
  }
}
