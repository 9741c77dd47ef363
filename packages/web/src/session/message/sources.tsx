import { useState } from 'react';
import { plural } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { Name } from '../../ui/shown-text.js';
import { DocumentCards } from './document-cards.js';
import type { AnswerPassages } from './use-answer-passages.js';

/** What was found for an answer: the documents that it used by name, all of them on demand. */
export function Sources({ passages }: { readonly passages: AnswerPassages }) {
  const [isOpen, setOpen] = useState(false);
  const { documents, usedOf } = passages;
  if (documents.length === 0) return null;
  const used = documents.filter((_, position) => usedOf(position).length > 0);
  return (
    <div className="sources">
      <button type="button" className="sources-line" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="chevron" size={12} />
        <span>
          {plural(documents.length, 'document')}
          {used.length > 0 && ' found, used:'}
        </span>
        {used.slice(0, 3).map((document) => (
          <Name
            key={document.rank + document.text.slice(0, 40)}
            className="sources-used"
            text={document.source ?? `document ${document.rank}`}
            most={60}
          />
        ))}
        {used.length > 3 && <span>+{used.length - 3}</span>}
      </button>
      {isOpen && <DocumentCards documents={documents} usedOf={usedOf} />}
    </div>
  );
}
