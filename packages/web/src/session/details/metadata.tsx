import type { Json } from '@powerrag/protocol';
import { CopyButton } from '../../ui/copy-button.js';
import { printJson } from '../../ui/json-text.js';
import { JsonView } from '../../ui/json-view.js';
import { Block } from './section.js';

/** Absent when there is none. */
export function Metadata({ metadata }: { readonly metadata: Readonly<Record<string, Json>> }) {
  return (
    <Block
      title="Metadata"
      shown={Object.keys(metadata).length > 0}
      tools={<CopyButton label="Copy the metadata" text={() => printJson(metadata)} />}
    >
      <JsonView value={metadata} label="Metadata" />
    </Block>
  );
}
