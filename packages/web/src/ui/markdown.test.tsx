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
    expect(html).toContain('Image not loaded: <span dir="auto">a chart</span>');
  });

  it('a link says nothing about the reader to its host', () => {
    expect(render('[docs](https://example.org/x)')).toContain(
      '<a href="https://example.org/x" title="https://example.org/x" target="_blank" rel="noopener noreferrer nofollow">docs</a>',
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
    expect(html).toMatch(/<table dir="ltr">[\s\S]*<ul dir="ltr">[\s\S]*<pre tabindex="0"><code><span>let x = 1;/);
  });

  it('headings of an answer rank below the headings of the page', () => {
    expect(render('# Title')).toContain('Title</h4>');
  });
});

describe('an image within a link', () => {
  it.each([
    '[![chart](http://evil.example/in.png)](http://evil.example/link)',
    '[**![chart](http://evil.example/in.png)**](http://evil.example/link)',
    '[![chart][i]][l]\n\n[i]: http://evil.example/in.png\n[l]: http://evil.example/link',
    '| a |\n| - |\n| [![chart](http://evil.example/in.png)](http://evil.example/link) |',
  ])('%j stands beside it, and the link shows its address', (text) => {
    const html = render(text);
    expect(html).not.toMatch(/<a\b(?:(?!<\/a>).)*<button/s);
    expect(html).toContain('Image not loaded: <span dir="auto">chart</span>');
  });

  it('leaves the words of the link in it', () => {
    expect(render('[see ![chart](http://e.example/i.png) here](http://e.example/l)')).toMatch(
      /<a [^>]*>see {2}here<\/a>/,
    );
  });
});

describe('a text in markdown', () => {
  it.each([
    ['[1]: http://a.example/x "title"', '[1]: http://a.example/x &quot;title&quot;'],
    ['> [note]: see below', '[note]: see below'],
    ['[^1]: a footnote that *nothing* names', '[^1]: a footnote that *nothing* names'],
    ['[a]\n\n[a]: http://a.example/1\n\n[a]: http://a.example/2', '[a]: http://a.example/2'],
    ['text\n\n[x]: <http://a.example>\n[y]: /relative', '[y]: /relative'],
  ])('shows a definition that nothing refers to: %j', (text, shown) => expect(render(text)).toContain(shown));

  it('takes in a definition that something refers to', () => {
    const html = render('See [docs][1] and this[^n].\n\n[1]: http://a.example/x\n[^n]: The footnote.');
    expect(html).not.toContain('[1]:');
    expect(html).not.toContain('[^n]:');
    expect(html).toContain('The footnote.');
  });

  it('shows the cells of a row that has more than the head', () => {
    expect(render('| a |\n| - |\n| 1 | 2 | 3 |')).toMatch(/<td[^>]*>1<.*<td[^>]*>2<.*<td[^>]*>3</s);
  });

  it('does not strike out what stands between two that mean "about"', () => {
    expect(render('~5 to ~10 minutes, ~~gone~~')).toContain('~5 to ~10 minutes, <del>gone</del>');
  });

  it('marks hidden characters where they stand', () => {
    expect(render('access \u202edetnarg `a\u200bb`')).toContain(
      'access <bdi class="hidden-character" data-name="RLO" title="Hidden character: RLO">\u202e</bdi>detnarg',
    );
    expect(render('`a\u200bb`')).toContain('data-name="ZWSP"');
  });

  it('keeps its line breaks', () => {
    expect(render('one\ntwo')).toMatch(/one<br\/>\s*two/);
    expect(render('<thinking>\nkeep my lines\n</thinking>')).toMatch(/&lt;thinking&gt;<br\/>\s*keep my lines<br\/>/);
  });

  it('keeps LaTeX as it was written', () => {
    const html = render('Or \\(a^2+b^2=c^2\\) and \\[ E = mc^2 \\], $\\,x_i$ \\\\ \\frac{1}{2} &amp; \\{1\\}.');
    expect(html).toContain('Or \\(a^2+b^2=c^2\\) and \\[ E = mc^2 \\], $\\,x_i$ \\\\ \\frac{1}{2} &amp; \\{1\\}.');
  });

  it('still takes the backslash of markdown from what it escapes', () => {
    expect(render('\\*not emphasis\\* 1\\. a\\_b')).toContain('*not emphasis* 1. a_b');
  });

  it('is laid out in its own direction, block by block', () => {
    const html = render('مدة الضمان سنتان.\n\n1. تحقق\n\nEnglish');
    expect(html).toContain('<p dir="auto">مدة');
    expect(html).toContain('<ol dir="rtl">');
    expect(render('> שלום\n\n- *a*\n\n- b')).toMatch(/<blockquote dir="rtl">[\s\S]*<ul dir="ltr">\s*<li dir="ltr">/);
    expect(html).toContain('<p dir="auto">English');
  });
});
