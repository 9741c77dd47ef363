import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from './markdown.js';

const render = (text: string): string => renderToStaticMarkup(<Markdown text={text} />);

describe('Markdown', () => {
  it('raw HTML stays text', () => {
    const html = render('hello <script>alert(1)</script> <img src=x onerror=alert(1)> <b>bold</b>');
    expect(html).not.toMatch(/<(script|img|b)\b/);
    expect(html).toContain('&lt;script&gt;');
  });

  it('an image is named, never loaded', () => {
    const html = render('![a chart](https://evil.example/pixel.png?secret=1)');
    expect(html).not.toMatch(/<img|src=|evil\.example/);
    expect(html).toContain('Image not loaded: a chart');
  });

  it('a link says nothing about the reader to its host', () => {
    expect(render('[docs](https://example.org/x)')).toContain(
      '<a href="https://example.org/x" target="_blank" rel="noopener noreferrer nofollow">docs</a>',
    );
  });

  it.each([
    '[x](javascript:alert(1))',
    '[x](data:text/html,hi)',
    '[x](/sessions)',
    '<javascript:alert(1)>',
    '[x](//evil.example)',
  ])('%s is no link', (text) => expect(render(text)).not.toContain('href'));

  it('tables, lists and code are shown as such', () => {
    const html = render('| a | b |\n| - | - |\n| 1 | 2 |\n\n- one\n\n```js\nlet x = 1;\n```');
    expect(html).toMatch(/<table>[\s\S]*<ul>[\s\S]*<pre tabindex="0"><code class="language-js">let x = 1;/);
  });

  it('headings of an answer rank below the headings of the page', () => {
    expect(render('# Title')).toContain('<h4>Title</h4>');
  });
});
