import '@powerrag/exporter/register';
import { observe } from '@powerrag/tracing';

const readPages = observe(
  async function* () {
    yield { page: 1, text: 'A long page.' };
    yield { page: 2, text: 'Another long page.' };
  },
  {
    name: 'read-pages',
    // What is recorded instead of the pages. The reader still gets all of them.
    captureOutput: (pages) => ({ pages: Array.isArray(pages) ? pages.length : 0 }),
  },
);

for await (const { page } of readPages()) console.log(page);
