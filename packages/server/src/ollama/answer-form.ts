/** What one line, or a whole answer, says. */
export interface Said {
  readonly text?: string;
  readonly thinking?: string;
  readonly toolCalls?: readonly object[];
}

/** Where an endpoint puts what the model says. */
export type AnswerForm = (said: Said) => object;

export const chatForm: AnswerForm = ({ text = '', thinking, toolCalls }) => ({
  message: {
    role: 'assistant',
    content: text,
    ...(thinking ? { thinking } : {}),
    ...(toolCalls?.length ? { tool_calls: toolCalls } : {}),
  },
});

export const generateForm: AnswerForm = ({ text = '', thinking }) => ({
  response: text,
  ...(thinking ? { thinking } : {}),
});
