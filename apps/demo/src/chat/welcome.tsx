const SUGGESTIONS = [
  'What is the capital of France?',
  'Explain recursion to a ten-year-old.',
  'Write a haiku about the sea.',
];

interface WelcomeProps {
  readonly disabled: boolean;
  readonly onPick: (text: string) => void;
}

export function Welcome({ disabled, onPick }: WelcomeProps) {
  return (
    <section className="welcome">
      <h2>What would you like to know?</h2>
      <p>The model runs on this machine. What you write stays here.</p>
      <ul aria-label="Suggestions">
        {SUGGESTIONS.map((text) => (
          <li key={text}>
            <button
              type="button"
              className="suggestion"
              disabled={disabled}
              onClick={() => onPick(text)}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
