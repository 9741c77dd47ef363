import type { MessagePart } from '@powerrag/protocol';
import { useState } from 'react';
import { formatBytes } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { safeUrl } from '../../ui/safe-url.js';
import { Name } from '../../ui/shown-text.js';
import '../../ui/unloaded-image.css';

const KINDS = { image: 'Image', audio: 'Audio', file: 'File' } as const;

/** Stands for media: what it is, and where. It is never loaded; a link to it is there once somebody asks for it. */
export function Media({ part }: { readonly part: Extract<MessagePart, { type: 'media' }> }) {
  const [isOpen, setOpen] = useState(false);
  const { kind, mimeType, bytes, reference } = part;
  const about = [mimeType, bytes === null ? null : formatBytes(bytes)].filter((word) => word !== null).join(', ');
  const url = reference === null ? null : safeUrl(reference);
  return (
    <div className="unloaded-image">
      <button type="button" className="unloaded-image-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="image" size={14} />
        {KINDS[kind]} not loaded{about === '' ? '' : ': '}
        <Name text={about} most={200} />
      </button>
      {isOpen && (
        <>
          <code className="unloaded-image-url">
            {reference === null || reference === '' ? 'it was sent without a name or a URL' : <Name text={reference} />}
          </code>
          {url !== null && (
            <a href={url} target="_blank" rel="noopener noreferrer nofollow">
              Open in a new tab
            </a>
          )}
        </>
      )}
    </div>
  );
}
