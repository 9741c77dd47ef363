import { readFileSync } from 'node:fs';
import type { HtmlTagDescriptor, Plugin } from 'vite';

/** The files that nearly every page needs: loaded with the scripts, so that text is laid out once. */
const FIRST = [/inter-latin-wght-normal.*\.woff2$/, /jetbrains-mono-latin-wght-normal.*\.woff2$/];
const PACKAGES = ['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono'];

/** Loads the page's fonts early, and puts their licences beside them as the SIL Open Font License asks. */
export function fonts(): Plugin {
  return {
    name: 'fonts',
    apply: 'build',
    generateBundle() {
      const licences = PACKAGES.map((name) => {
        const text = readFileSync(new URL(`../node_modules/${name}/LICENSE`, import.meta.url), 'utf8');
        return `${name}\n\n${text}`;
      });
      this.emitFile({ type: 'asset', fileName: 'assets/fonts-licence.txt', source: licences.join('\n\n') });
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }): HtmlTagDescriptor[] =>
        Object.keys(bundle)
          .filter((name) => FIRST.some((pattern) => pattern.test(name)))
          .map((name) => ({
            tag: 'link',
            attrs: { rel: 'preload', href: `/${name}`, as: 'font', type: 'font/woff2', crossorigin: '' },
            injectTo: 'head-prepend',
          })),
    },
  };
}
