import { memo, type ReactNode, useMemo, useState } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import { CodeBlock } from './code-block.js';
import { Icon } from './icon.js';
import { remarkImagesBesideLinks, remarkShowAll, remarkShowHtml } from './markdown-blocks.js';
import { type FindMarks, rehypeMarks } from './markdown-marks.js';
import { rehypeDirections, rehypeMarkHidden, remarkKeepText } from './markdown-text.js';
import { remarkReadGfm } from './remark-gfm.js';
import { safeUrl } from './safe-url.js';
import { ScrollArea } from './scroll-area.js';
import { Name, titleText } from './shown-text.js';
import './markdown.css';
import './unloaded-image.css';

/** What a trace says is not ours to trust: no ids that the page could mistake for its own, no source that a browser would fetch. */
const SCHEMA: typeof defaultSchema = {
  ...defaultSchema,
  protocols: { href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
  tagNames: (defaultSchema.tagNames ?? []).filter((name) => name !== 'source' && name !== 'picture'),
};

const PLUGINS: Options['remarkPlugins'] = [
  remarkReadGfm,
  remarkShowHtml,
  remarkShowAll,
  remarkImagesBesideLinks,
  remarkKeepText,
];

const COMPONENTS: Components = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ src, alt }) => <UnloadedImage url={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  table: ({ children, dir }) => (
    <ScrollArea className="markdown-table" label="Table">
      <table dir={dir}>{children}</table>
    </ScrollArea>
  ),
  pre: ({ node }) => <CodeBlock {...codeOf(node)} />,
  h1: ({ children }) => <Heading level={4}>{children}</Heading>,
  h2: ({ children }) => <Heading level={5}>{children}</Heading>,
  h3: ({ children }) => <Heading level={6}>{children}</Heading>,
  h4: ({ children }) => <Heading level={6}>{children}</Heading>,
  h5: ({ children }) => <Heading level={6}>{children}</Heading>,
  h6: ({ children }) => <Heading level={6}>{children}</Heading>,
};

/**
 * Renders markdown from a trace. Raw HTML stays text, images are never loaded, links reach only http, https and mailto.
 *
 * @param marks finds what to mark in the text of a block. Default: nothing.
 */
export const Markdown = memo(function Markdown({
  text,
  marks,
}: {
  readonly text: string;
  readonly marks?: FindMarks | undefined;
}) {
  const plugins = useMemo(
    (): Options['rehypePlugins'] => [
      [rehypeSanitize, SCHEMA],
      rehypeDirections,
      // After anything that cleans the tree: the marks are ours.
      ...(marks ? [[rehypeMarks, marks] as [typeof rehypeMarks, FindMarks]] : []),
      rehypeMarkHidden,
    ],
    [marks],
  );
  return (
    <div className="markdown">
      <ReactMarkdown
        remarkPlugins={PLUGINS}
        rehypePlugins={plugins}
        urlTransform={(url) => safeUrl(url) ?? ''}
        components={COMPONENTS}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
});

interface CodeNode {
  readonly type: string;
  readonly value?: string;
  readonly properties?: { readonly className?: unknown };
  readonly children?: readonly CodeNode[];
}

/** The code in a block of it, and the language that the model named. */
function codeOf(pre: CodeNode | undefined): { code: string; language: string } {
  const [code] = pre?.children ?? [];
  const classes = code?.properties?.className;
  const named = Array.isArray(classes) ? classes.map(String).find((name) => name.startsWith('language-')) : undefined;
  return { code: textOf(pre).replace(/\n$/, ''), language: named?.slice('language-'.length).toLowerCase() ?? '' };
}

function textOf(node: CodeNode | undefined): string {
  return node?.value ?? (node?.children ?? []).map(textOf).join('');
}

function SafeLink({ href, children }: { readonly href: string | undefined; readonly children: ReactNode }) {
  const url = href === undefined ? null : safeUrl(href);
  if (url === null) return <span className="markdown-dead-link">{children}</span>;
  return (
    <a href={url} title={titleText(url)} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** Stands for an image: loading it would tell its host that somebody reads this trace. */
function UnloadedImage({ url, alt }: { readonly url: string; readonly alt: string }) {
  const [open, setOpen] = useState(false);
  return (
    <span className="unloaded-image">
      <button type="button" className="unloaded-image-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="image" size={14} />
        Image not loaded{alt === '' ? '' : ': '}
        <Name text={alt} most={200} />
      </button>
      {open && <code className="unloaded-image-url">{url === '' ? 'no usable URL' : <Name text={url} />}</code>}
    </span>
  );
}

/** Headings of an answer rank below those of the page. */
function Heading({ level, children }: { readonly level: 4 | 5 | 6; readonly children: ReactNode }) {
  const Tag = `h${level}` as const;
  return <Tag dir="auto">{children}</Tag>;
}
