import type { ChatMessage } from '@mlx/schemas';

/** Turns that stay or go together: indexes of messages. */
type Group = number[];

/**
 * A conversation that fits, with as few of its oldest turns left out as
 * possible. What the system says stays, and so do the last question and the
 * turns after the newest of the assistant's; results go with their calls.
 * Where even that does not fit it is given all the same, to be refused.
 */
export async function withinContext(
  messages: readonly ChatMessage[],
  fits: (messages: ChatMessage[]) => Promise<boolean>,
): Promise<ChatMessage[]> {
  if (await fits([...messages])) return [...messages];
  const order = leavingOrder(messages);
  let [least, most] = [1, order.length];
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if (await fits(without(messages, order.slice(0, middle)))) most = middle;
    else least = middle + 1;
  }
  return without(messages, order.slice(0, most));
}

/** What may go, first to last: whole exchanges, then the steps of the last one. */
function leavingOrder(messages: readonly ChatMessage[]): Group[] {
  const exchanges = exchangesOf(messages);
  const last = exchanges.pop() ?? [];
  const [question] = last;
  const asked = question?.some((index) => messages[index]?.role === 'user') ? 1 : 0;
  return [...exchanges.map((exchange) => exchange.flat()), ...last.slice(asked, -1)];
}

/** Each question with the steps of its answer: what the assistant says and calls, with the results. */
function exchangesOf(messages: readonly ChatMessage[]): Group[][] {
  const exchanges: Group[][] = [];
  let before: ChatMessage['role'] | undefined;
  for (const [index, { role }] of messages.entries()) {
    if (role === 'system') continue;
    const exchange = exchanges.at(-1);
    const group = exchange?.at(-1);
    if (!exchange || (role === 'user' && before !== 'user')) exchanges.push([[index]]);
    else if (!group || role === 'assistant') exchange.push([index]);
    else group.push(index);
    before = role;
  }
  return exchanges;
}

function without(messages: readonly ChatMessage[], groups: readonly Group[]): ChatMessage[] {
  const gone = new Set(groups.flat());
  return messages.filter((_, index) => !gone.has(index));
}
