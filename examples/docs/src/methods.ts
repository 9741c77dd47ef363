import '@powerrag/exporter/register';
import { observe } from '@powerrag/tracing';

class Library {
  readonly books = ['Momo', 'Krabat'];

  find = observe(
    function (this: Library, start: string) {
      return this.books.filter((book) => book.startsWith(start));
    },
    { name: 'find-books', asType: 'retriever' },
  );
}

console.log(new Library().find('K'));
