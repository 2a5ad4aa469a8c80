import type { Conversation, Message } from './schema.js';

/** Stands for the parent of the first message in `chosen`. */
const ROOT = 'root';

type Tree = Pick<Conversation, 'messages' | 'chosen'>;

/** The messages shown, from the first question on. */
export function pathOf(tree: Tree): readonly Message[] {
  const path: Message[] = [];
  for (let next = chosenBelow(tree, null); next; next = chosenBelow(tree, next.id)) path.push(next);
  return path;
}

/** The messages beside `message`, itself among them: what was written in its place. */
export function variantsOf(tree: Tree, message: Message): readonly Message[] {
  return tree.messages.filter(({ parent }) => parent === message.parent);
}

/** With `message` at its place, and shown there. */
export function withMessage<T extends Tree>(tree: T, message: Message): T {
  return choose({ ...tree, messages: [...tree.messages, message] }, message);
}

/** With `message` shown among its variants. */
export function choose<T extends Tree>(tree: T, message: Message): T {
  return { ...tree, chosen: { ...tree.chosen, [message.parent ?? ROOT]: message.id } };
}

/** With a message changed in place. */
export function withChange<T extends Tree>(
  tree: T,
  id: string,
  change: (message: Message) => Message,
): T {
  return {
    ...tree,
    messages: tree.messages.map((message) => (message.id === id ? change(message) : message)),
  };
}

/**
 * Without a question and its answers; what followed the answer that is shown
 * takes the question's place.
 */
export function withoutTurn<T extends Tree>(tree: T, question: Message): T {
  const answer = chosenBelow(tree, question.id);
  const next = answer && chosenBelow(tree, answer.id);
  const moved = tree.messages.map((message) =>
    answer && message.parent === answer.id ? { ...message, parent: question.parent } : message,
  );
  const messages = reachable(moved.filter(({ id }) => id !== question.id));
  const kept = new Set(messages.map(({ id }) => id));
  const chosen = Object.fromEntries(
    Object.entries({
      ...tree.chosen,
      ...(next ? { [question.parent ?? ROOT]: next.id } : {}),
    }).filter(([parent, child]) => (parent === ROOT || kept.has(parent)) && kept.has(child)),
  );
  return { ...tree, messages, chosen };
}

function chosenBelow(tree: Tree, parent: string | null): Message | undefined {
  const children = tree.messages.filter((message) => message.parent === parent);
  const chosen = tree.chosen[parent ?? ROOT];
  return children.find(({ id }) => id === chosen) ?? children.at(-1);
}

/** Parents stand before their children. */
function reachable(messages: readonly Message[]): Message[] {
  const known = new Set<string | null>([null]);
  return messages.filter(({ id, parent }) => known.has(parent) && known.add(id));
}
