import { Lexer } from 'yaml';

/** Deeper than any configuration, shallower than what exhausts a recursive parser's stack. */
const MAX_DEPTH = 64;

/** Two spaces per level; `- - - x` nests by indicators instead of spaces. */
const MAX_INDENTATION = MAX_DEPTH * 2;

/** Leading spaces and block indicators of a line. */
const indentation = /^(?:[ \t]|[-?:](?=[ \t]))*/;

/** What the lexer puts between lexemes to mark documents, scalars and flow errors. */
const marks = new Set(['\u0002', '\u0018', '\u001F']);

/** The offset where the text nests too deep to be parsed safely; undefined when it does not. */
export function offsetOfTooDeepNesting(text: string): number | undefined {
  return offsetOfDeepLine(text) ?? offsetOfDeepBrackets(text);
}

function offsetOfDeepLine(text: string): number | undefined {
  let offset = 0;
  for (const line of text.split('\n')) {
    const depth = indentation.exec(line)?.[0].length ?? 0;
    if (depth > MAX_INDENTATION) return offset + MAX_INDENTATION;
    offset += line.length + 1;
  }
  return undefined;
}

function offsetOfDeepBrackets(text: string): number | undefined {
  let offset = 0;
  let depth = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === '[' || lexeme === '{') depth += 1;
    if (lexeme === ']' || lexeme === '}') depth -= 1;
    if (depth > MAX_DEPTH) return offset;
    if (!marks.has(lexeme)) offset += lexeme.length;
  }
  return undefined;
}
