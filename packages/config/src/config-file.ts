import { readFileSync } from 'node:fs';
import {
  isAlias,
  isNode,
  isScalar,
  isMap,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Pair,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';
import { configError } from './fault.js';
import { offsetOfTooDeepNesting } from './nesting.js';
import type { Origin } from './origin.js';

/** Far more than the longest configuration; keeps parsing within a fraction of a second. */
const MAX_BYTES = 256 * 1024;
/** Aliases may repeat at most this many nodes, so that a small file cannot grow without bound. */
const MAX_ALIASES = 100;

type FileOrigin = Extract<Origin, { layer: 'file' }>;

export interface ConfigFile {
  readonly value: unknown;
  /** Where the key at this path stands, or else the nearest key around it. */
  locate(path: readonly (string | number)[]): FileOrigin;
}

/** Reads a YAML file; undefined when there is none. */
export function readConfigFile(file: string): ConfigFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw configError([fault({ layer: 'file', file, line: 1, column: 1 }, reason)]);
  }
  return parseConfig(text, file);
}

function parseConfig(text: string, file: string): ConfigFile {
  const lines = new LineCounter();
  const at = (offset: number): FileOrigin => {
    const { line, col } = lines.linePos(offset);
    return { layer: 'file', file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (text.length > MAX_BYTES) {
    throw configError([fault(at(0), `Longer than ${MAX_BYTES} characters`)]);
  }
  const tooDeep = offsetOfTooDeepNesting(text);
  if (tooDeep !== undefined) {
    for (let index = 0; index < text.length; index += 1) {
      if (text[index - 1] === '\n' || index === 0) lines.addNewLine(index);
    }
    throw configError([fault(at(tooDeep), 'Nested too deep')]);
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    throw configError(problems.map((problem) => fault(at(problem.pos[0]), messageOf(problem))));
  }
  return {
    value: toValue(document, at),
    locate: (path) => at(offsetOf(document, path)),
  };
}

/** What YAML's parser says is for whoever reads the file, but for this. */
function messageOf({ code, message }: YAMLParseError | YAMLWarning): string {
  return code === 'MULTIPLE_DOCS' ? 'A second document begins; a configuration is one' : message;
}

function toValue(document: Document, at: (offset: number) => FileOrigin): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return value;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw configError([fault(at(offsetOfFirstAlias(document)), message)]);
  }
}

function offsetOfFirstAlias(document: Document): number {
  let offset = 0;
  visit(document, {
    Alias: (_, alias) => {
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

/** The offset of the last key along the path that the document has. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = (isNode(node) && node.range?.[0]) || offset;
      continue;
    }
    if (!isMap(node)) break;
    const pair: Pair | undefined = node.items.find(
      (item) => isScalar(item.key) && String(item.key.value) === String(key),
    );
    if (!pair) break;
    if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}

const fault = (origin: Origin, message: string) =>
  ({ path: [], message, code: 'custom', origin }) as const;
