/** What Markdown is parsed to (mdast), as far as this needs it. */
interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly children?: MarkdownNode[];
  readonly lang?: string;
}

/** Nodes that hold blocks; all others hold text. */
const BLOCK_PARENTS: ReadonlySet<string> = new Set([
  'root',
  'blockquote',
  'listItem',
  'footnoteDefinition',
]);
const LINE_BREAK = /^<br\s*\/?>$/i;

/**
 * For remark: tags that a model writes outside of code are part of its answer and are shown as
 * they are written, where HTML would vanish. `<br>`, which tables need, breaks the line.
 */
export function htmlAsText() {
  return replaceIn;
}

function replaceIn({ type, children }: MarkdownNode): void {
  const holdsBlocks = BLOCK_PARENTS.has(type);
  for (const [index, child] of (children ?? []).entries()) {
    if (child.type === 'html') children?.splice(index, 1, shown(child.value ?? '', holdsBlocks));
    else replaceIn(child);
  }
}

function shown(value: string, isBlock: boolean): MarkdownNode {
  if (isBlock) return { type: 'code', lang: 'html', value };
  return LINE_BREAK.test(value) ? { type: 'break' } : { type: 'text', value };
}
