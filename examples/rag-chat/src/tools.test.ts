import { describe, expect, it } from 'vitest';
import { MANUAL } from './test-passages.js';
import { createTools, settingNames } from './tools.js';

const tools = createTools(MANUAL);
const run = (name: string, args: Record<string, unknown>) => tools.get(name)?.run(args);

describe('list_documents', () => {
  it('lists each document once, with its title', () => {
    expect(run('list_documents', {})).toEqual([
      { document: 'docs/kettle.md', title: 'The kettle' },
      { document: 'docs/settings.md', title: 'Settings' },
    ]);
  });
});

describe('read_section', () => {
  it('reads one section, whatever the case of its heading', () => {
    expect(run('read_section', { document: 'docs/kettle.md', section: 'troubleshooting' })).toMatchObject({
      section: 'Troubleshooting',
      text: expect.stringContaining('check the plug'),
    });
  });

  it('reads a whole document', () => {
    expect(run('read_section', { document: 'docs/kettle.md' })).toMatchObject({
      text: expect.stringMatching(/boils water[\s\S]*five minutes/),
    });
  });

  it('fails for a document that does not exist, and says which do', () => {
    expect(() => run('read_section', { document: 'docs/teapot.md' })).toThrow(
      'there is no document "docs/teapot.md"; there are: docs/kettle.md, docs/settings.md',
    );
  });

  it('fails for a section that does not exist, and says which do', () => {
    expect(() => run('read_section', { document: 'docs/settings.md', section: 'Fuses' })).toThrow('it has: Settings');
  });
});

describe('lookup_configuration', () => {
  it.each(['KETTLE_LIMIT', 'POT_LIMIT', 'kettle_limit'])('answers for %s from the table', (name) => {
    expect(run('lookup_configuration', { name })).toEqual([
      {
        names: ['KETTLE_LIMIT', 'POT_LIMIT'],
        details: { Meaning: 'The most water in the kettle, in litres', Default: '`1.7`' },
        section: 'docs/settings.md#settings',
      },
    ]);
  });

  it('fails for a name that no table has', () => {
    expect(() => run('lookup_configuration', { name: 'POT' })).toThrow('no setting is named "POT"');
  });

  it('names the argument that is wrong', () => {
    expect(() => run('lookup_configuration', { name: 7 })).toThrow('"name" must be a non-empty string');
  });
});

describe('settingNames', () => {
  it('knows every name of every table', () => {
    expect(settingNames(MANUAL)).toEqual(['KETTLE_LIMIT', 'POT_LIMIT', 'KETTLE_LIGHT']);
  });
});
