import { memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import { CodeBlock } from './code-block.js';
import { Formula } from './formula.js';
import { htmlAsText } from './html-as-text.js';
import { withTexDelimiters } from './tex-delimiters.js';

/** Text comes from a model: its HTML is shown, not rendered, and nothing is fetched. */
const schema = {
  ...defaultSchema,
  attributes: {
    ...defaultSchema.attributes,
    img: ['alt'],
    code: [['className', /^language-[\w+#.-]{1,40}$/, 'math-inline', 'math-display']],
  },
  protocols: { href: ['http', 'https', 'mailto'] },
};

interface TextNode {
  readonly value?: string;
  readonly children?: readonly object[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

const components: Components = {
  // A remote image would tell its host what was read; its description is enough.
  img: ({ alt }) => <span className="image-note">{alt ? `Image: ${alt}` : 'Image'}</span>,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  table: ({ children }) => (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
  code: ({ className, children }) =>
    className?.includes('math-inline') ? (
      <Formula tex={typeof children === 'string' ? children : ''} display={false} />
    ) : (
      <code className={className}>{children}</code>
    ),
  pre: ({ node }) => block(node?.children[0]),
};

/** Code, or a formula of its own. */
function block(code: TextNode | undefined): ReactNode {
  const classes = [code?.properties?.['className'] ?? []].flat().map(String);
  const text = textOf(code);
  if (classes.includes('math-display')) return <Formula tex={text} display />;
  const language = classes.find((name) => name.startsWith('language-'))?.slice('language-'.length);
  return <CodeBlock text={text} language={language} />;
}

function textOf(node: TextNode | undefined): string {
  if (!node) return '';
  if (node.value !== undefined) return node.value;
  return (node.children ?? []).map((child) => textOf(child as TextNode)).join('');
}

export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  if (text === '') return null;
  return (
    <div className="markdown">
      <ReactMarkdown
        // A single dollar is money more often than a formula.
        remarkPlugins={[remarkGfm, [remarkMath, { singleDollarTextMath: false }], htmlAsText]}
        rehypePlugins={[[rehypeSanitize, schema]]}
        components={components}
      >
        {withTexDelimiters(text)}
      </ReactMarkdown>
    </div>
  );
});
