import { memo, type ReactNode, useState } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { Icon } from './icon.js';
import { rehypeDirections, remarkKeepText } from './markdown-text.js';
import { safeUrl } from './safe-url.js';
import { ScrollArea } from './scroll-area.js';
import { shortened } from './shortened.js';

/** What a trace says is not ours to trust: no ids that the page could mistake for its own, no source that a browser would fetch. */
const SCHEMA: typeof defaultSchema = {
  ...defaultSchema,
  protocols: { href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
  tagNames: (defaultSchema.tagNames ?? []).filter((name) => name !== 'source' && name !== 'picture'),
};

const COMPONENTS: Components = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ src, alt }) => <UnloadedImage url={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  table: ({ children }) => (
    <ScrollArea className="markdown-table" label="Table">
      <table dir="auto">{children}</table>
    </ScrollArea>
  ),
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region needs focus
    <pre tabIndex={0}>{children}</pre>
  ),
  h1: ({ children }) => <Heading level={4}>{children}</Heading>,
  h2: ({ children }) => <Heading level={5}>{children}</Heading>,
  h3: ({ children }) => <Heading level={6}>{children}</Heading>,
  h4: ({ children }) => <Heading level={6}>{children}</Heading>,
  h5: ({ children }) => <Heading level={6}>{children}</Heading>,
  h6: ({ children }) => <Heading level={6}>{children}</Heading>,
};

interface MarkdownNode {
  type: string;
  value?: string;
  alt?: string | null;
  url?: string;
  position?: object;
  children?: MarkdownNode[];
}

/** Nodes whose children are blocks, not runs of text. */
const BLOCK_PARENTS: ReadonlySet<string> = new Set(['root', 'blockquote', 'listItem', 'footnoteDefinition']);

/** Turns raw HTML into the text that it is: a model's `<answer>` tags are what was said, and shown rather than dropped. */
function remarkShowHtml() {
  const show = (node: MarkdownNode): void => {
    node.children = (node.children ?? []).map((child) => {
      show(child);
      if (child.type !== 'html') return child;
      const text = { type: 'text', value: child.value ?? '', ...(child.position && { position: child.position }) };
      return BLOCK_PARENTS.has(node.type) ? { type: 'paragraph', children: [text] } : text;
    });
  };
  return show;
}

/**
 * Takes images out of links, and puts them behind: a click that asks about an image must not follow a link. A link that held
 * nothing else shows its address instead.
 */
function remarkImagesBesideLinks() {
  const part = (node: MarkdownNode): void => {
    if (node.children === undefined) return;
    node.children = node.children.flatMap((child) => {
      part(child);
      if (child.type !== 'link' && child.type !== 'linkReference') return child;
      const images = takeImages(child);
      if (images.length === 0) return child;
      if (!hasText(child)) child.children = [{ type: 'text', value: child.url ?? 'link' }];
      return [child, { type: 'text', value: ' ' }, ...images];
    });
  };
  return part;
}

/** Removes the images within a node, at any depth, and returns them. */
function takeImages(node: MarkdownNode): MarkdownNode[] {
  const images: MarkdownNode[] = [];
  if (node.children === undefined) return images;
  node.children = node.children.filter((child) => {
    const isImage = child.type === 'image' || child.type === 'imageReference';
    if (isImage) images.push(child);
    else images.push(...takeImages(child));
    return !isImage;
  });
  return images;
}

function hasText(node: MarkdownNode): boolean {
  return (node.value ?? '').trim() !== '' || (node.children ?? []).some(hasText);
}

/** Renders markdown from a trace. Raw HTML stays text, images are never loaded, links reach only http, https and mailto. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="markdown">
      <ReactMarkdown
        remarkPlugins={[remarkGfm, remarkShowHtml, remarkImagesBesideLinks, remarkKeepText]}
        rehypePlugins={[[rehypeSanitize, SCHEMA], rehypeDirections]}
        urlTransform={(url) => safeUrl(url) ?? ''}
        components={COMPONENTS}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
});

function SafeLink({ href, children }: { readonly href: string | undefined; readonly children: ReactNode }) {
  const url = href === undefined ? null : safeUrl(href);
  if (url === null) return <span className="markdown-dead-link">{children}</span>;
  return (
    <a href={url} title={shortened(url)} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** Stands for an image: loading it would tell its host that somebody reads this trace. */
export function UnloadedImage({ url, alt }: { readonly url: string; readonly alt: string }) {
  const [open, setOpen] = useState(false);
  return (
    <span className="unloaded-image">
      <button type="button" className="unloaded-image-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="image" size={14} />
        Image not loaded{alt === '' ? '' : `: ${alt}`}
      </button>
      {open && <code className="unloaded-image-url">{url === '' ? 'no usable URL' : shortened(url)}</code>}
    </span>
  );
}

/** Headings of an answer rank below those of the page. */
function Heading({ level, children }: { readonly level: 4 | 5 | 6; readonly children: ReactNode }) {
  const Tag = `h${level}` as const;
  return <Tag dir="auto">{children}</Tag>;
}
