import { useChat } from '@ai-sdk/react';
import { createRoot } from 'react-dom/client';

function Chat() {
  const { messages, sendMessage, status, stop, error } = useChat();
  return (
    <main>
      {messages.map(({ id, role, parts }) => (
        <article key={id} data-role={role}>
          {parts.map((part) => (part.type === 'text' ? part.text : '')).join('')}
        </article>
      ))}
      <button onClick={() => void sendMessage({ text: 'What is the capital of France?' })}>
        Ask
      </button>
      <button onClick={() => void sendMessage({ text: 'Tell me a very long story.' })}>
        Story
      </button>
      <button onClick={() => void stop()}>Stop</button>
      <output>{status}</output>
      <p>{error?.message}</p>
    </main>
  );
}

const root = document.querySelector('#root');
if (root !== null) createRoot(root).render(<Chat />);
