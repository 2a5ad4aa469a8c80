import type { ToolCallDelta } from '@mlx/schemas';
import { UnknownRecord } from '@mlx/schemas/common';

interface WholeCall {
  readonly id: string;
  readonly function: {
    readonly index: number;
    readonly name: string;
    readonly arguments: Record<string, unknown>;
  };
}

/** Puts tool calls together, as clients are told of whole ones only. */
export class WholeCalls {
  #open: { index: number; id: string; name: string; text: string } | undefined;

  /** The call that this piece of another one shows to be complete. */
  add({ index, id = '', name = '', arguments: text }: ToolCallDelta): WholeCall[] {
    if (this.#open?.index === index) {
      this.#open.text += text;
      return [];
    }
    const before = this.end();
    this.#open = { index, id, name, text };
    return before;
  }

  /** The last call; none that was cut off. */
  end(): WholeCall[] {
    const open = this.#open;
    this.#open = undefined;
    const found = open && argumentsOf(open.text);
    if (!open || !found) return [];
    return [{ id: open.id, function: { index: open.index, name: open.name, arguments: found } }];
  }
}

function argumentsOf(text: string): Record<string, unknown> | undefined {
  try {
    return UnknownRecord.parse(JSON.parse(text === '' ? '{}' : text));
  } catch {
    return undefined;
  }
}
