import { memo } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { CopyButton } from './copy-button.js';

/** Text comes from a model: raw HTML is not rendered, and nothing is fetched. */
const schema = {
  ...defaultSchema,
  attributes: { ...defaultSchema.attributes, img: ['alt'] },
  protocols: { href: ['http', 'https', 'mailto'] },
};

const components: Components = {
  // A remote image would tell its host what was read; its description is enough.
  img: ({ alt }) => <span className="image-note">{alt ? `Image: ${alt}` : 'Image'}</span>,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  table: ({ children }) => (
    <div className="table-scroll">
      <table>{children}</table>
    </div>
  ),
  pre: ({ children, node }) => (
    <div className="code-block">
      <pre>{children}</pre>
      <CopyButton text={codeText(node)} />
    </div>
  ),
};

export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="markdown">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        rehypePlugins={[[rehypeSanitize, schema]]}
        components={components}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
});

interface TextNode {
  readonly value?: string;
  readonly children?: readonly object[];
}

function codeText(node: TextNode | undefined): string {
  if (!node) return '';
  if (node.value !== undefined) return node.value;
  return (node.children ?? []).map((child) => codeText(child as TextNode)).join('');
}
