import { describe, expect, it } from 'vitest';
import { readDocuments } from './documents.js';

describe('the documents of a search', () => {
  it.each([
    ['texts', ['Within 60 days.'], { source: null, score: null }],
    [
      'LangChain',
      [{ page_content: 'Within 60 days.', metadata: { source: 'kb/a.md', score: 0.8 } }],
      { source: 'kb/a.md', score: 0.8 },
    ],
    ['pairs with a score', [[{ pageContent: 'Within 60 days.', metadata: {} }, 0.8]], { source: null, score: 0.8 }],
    [
      'LlamaIndex',
      { nodes: [{ node: { text: 'Within 60 days.', metadata: { file_name: 'a.md' } }, score: 0.8 }] },
      { source: 'a.md', score: 0.8 },
    ],
    [
      'a vector store',
      { data: { matches: [{ id: 'v1', score: 0.8, metadata: { text: 'Within 60 days.' } }] } },
      { source: 'v1', score: 0.8 },
    ],
    [
      'OpenInference',
      { documents: [{ document: { content: 'Within 60 days.', id: 'd', score: 0.8 } }] },
      { source: 'd', score: 0.8 },
    ],
  ])('are read from what %s gives', (_, output, about) => {
    expect(readDocuments(output)).toEqual([{ rank: 1, text: 'Within 60 days.', ...about }]);
  });

  it('are none where nothing was found', () => {
    expect(readDocuments([])).toEqual([]);
    expect(readDocuments({ documents: [], took: 3 })).toEqual([]);
  });

  it.each([
    ['a text', 'found 3'],
    ['nothing', null],
    ['objects without a text', [{ id: 1 }]],
    ['numbers', [1, 2]],
  ])('are not guessed from %s', (_, output) => expect(readDocuments(output)).toBeNull());
});
