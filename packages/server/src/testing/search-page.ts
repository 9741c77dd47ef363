/** What the documentation says of search: who asks for what in which text. */
export const SEARCH_EXAMPLES: readonly (readonly [kind: string, text: string, queries: readonly string[]])[] = [
  [
    'English',
    'Can I get a refund for late deliveries?',
    [
      'refund',
      'REFUND',
      'refunds',
      'deliver',
      'fund',
      'late refund',
      '"late deliveries"',
      '"late delivery"',
      'delivery',
      're',
    ],
  ],
  [
    'German',
    'Die Krankenversicherung der Straße übernimmt das.',
    ['krankenversicherung', 'versicherung', 'kranken', 'strasse', 'ubernimmt', 'uebernimmt'],
  ],
  ['French', 'L’élève a payé à la caisse.', ['eleve', 'ÉLÈVE', 'payé']],
  ['Turkish', 'İstanbul’da ılık bir gün', ['istanbul', 'ilik', 'gun']],
  ['Russian', 'Почему заказ ещё не пришёл?', ['заказ', 'еще', 'ПРИШЕЛ']],
  ['Greek', 'Η οδός είναι κλειστή', ['οδοσ', 'κλειστη']],
  ['Chinese', '我想退货，订单还没有到。', ['退货', '订单', '货', '没有到', '到没有']],
  ['Japanese', '東京都の天気とコーヒーを教えて', ['東京', '京都', 'コーヒー', 'ｺｰﾋｰ', 'こーひー']],
  ['Korean', '고등학교에서 환불을 받았어요', ['학교', '환불', '환불을']],
  ['Thai', 'ฉันต้องการคืนเงิน', ['คืนเงิน', 'การ']],
  ['Arabic', 'أُريدُ إرجاع الكِتَاب إلى المدرسة', ['اريد', 'كتاب', 'الكتاب', 'مدرسه']],
  ['Hebrew', 'אני רוצה להחזיר את הספר', ['ספר', 'הספר']],
  ['Hindi', 'मुझे हिन्दी में जवाब दो', ['हिन्दी', 'हिन्द', 'जवाब']],
  [
    'Code',
    'const total = await getUserName(user_id, ["a"]);',
    [
      'getUserName',
      'username',
      'user_id',
      'user_',
      'getusername(user_id',
      'await get',
      '= await',
      'total = getUserName',
    ],
  ],
  ['Languages', 'Is it C++, C# or Go?', ['c++', 'c#', 'c', 'go']],
  [
    'Ids',
    'Order ORD-8f3a22b1 of 550e8400-e29b-41d4-a716-446655440000',
    [
      'ord-8f3a22b1',
      'ord-8f3',
      '8f3a',
      '3a22',
      '550e8400-e29b-41d4-a716-446655440000',
      'e29b',
      '29b-41d4',
      '-446655440000',
    ],
  ],
  ['Numbers', 'It costs 1,299.50 € in 2026', ['1,299.50', '1299', '299', '2026', '€']],
  ['Short words', 'AI or I?', ['ai', 'i', 'a']],
  ['Emoji', 'Thanks 👍', ['👍', '👎']],
];

const HEAD = `# Search

\`GET /api/v1/search?q=…\` and the page's search find sessions by their text: questions and answers, the names of tools and of other
observations, and error messages. A session is found if one of its traces has every word of the query. New words are found within
seconds of being stored; under high load, later.

- Any part of a word is enough, from three letters up. A word of one or two letters is found as a whole.
- Words in quotes must follow each other exactly. So must words that are joined by anything but a space, such as the parts of an id, of
  which the last may be incomplete.
- Case, accents and the width of letters make no difference. Punctuation is not searched; \`+\` and \`#\` in the names of languages are.
- In scripts without spaces, any part of a text is found, from one character up.
- The first 32,768 characters of a question or an answer are searched, and the first million of a trace. Instructions to the model,
  retrieved passages, repeated history and traces without a session are not searched.
- A part that very many words have, such as \`ing\`, finds words that begin with it, and of the others the 50 that were stored first.

Generated from a test that searches a store:

| | Text | Found | Not found |
| --- | --- | --- | --- |
`;

const TAIL = `
What a page of 20 sessions costs, in milliseconds of CPU on a busy machine of two cores while the store was written (\`npx tsx
bench/search/search.mjs --sessions 20000\`, 12 and 30 queries each; conversations of lognormal length whose calls carry the history):

| | 255,000 observations, 5,100 sessions: median | 95 % within | 405,000 observations, 7,900 sessions: median | 95 % within |
| --- | ---: | ---: | ---: | ---: |
| An id | 1.5 | 5.6 | 1.2 | 2.3 |
| A part of an id | 2.5 | 7.9 | 1.4 | 2.9 |
| A common word | 19.5 | 28.0 | 17.2 | 25.2 |
| A word of rank 1,000 | 13.4 | 18.0 | 12.5 | 21.9 |
| A rare word | 9.6 | 10.7 | 9.2 | 12.1 |
| Three common words | 26.8 | 46.6 | 18.3 | 36.0 |
| A common and a rare word | 18.3 | 27.2 | 13.9 | 24.5 |
| A phrase | 19.0 | 34.4 | 14.1 | 16.7 |
| A part of many words | 20.5 | 26.1 | 19.2 | 31.9 |
| A name of every trace | 14.8 | 31.6 | 13.3 | 17.6 |
| A word that is nowhere | 0.5 | 0.8 | 0.3 | 0.8 |

What grows with the store is a query whose words are each common and whose sessions are few: its rows are gone through once.

A page looks through at most the latest 1,000 matching sessions; the next page continues from there.

All that the page and Langfuse's API list, while another process writes 380 observations a second into the larger store (\`npx tsx
bench/size/size.mjs --file FILE --beside 600\`; every filter, alone and several at once, in each of the seven orders):

| | 104,000 observations: CPU, median | 95 % within | 1,058,000 observations: CPU, median | 95 % within |
| --- | ---: | ---: | ---: | ---: |
| List of 50 sessions, first page | 10.0 | 14.1 | 14.3 | 31.2 |
| Next page | 9.0 | 11.7 | 12.9 | 31.4 |
| Sessions beside one | 1.2 | 3.0 | 1.5 | 12.8 |
| Count of sessions | 0.5 | 1.0 | 1.3 | 3.4 |
| Values of one filter | 1.5 | 6.9 | 4.1 | 16.4 |
| One session | 0.2 | 0.3 | 0.2 | 0.4 |

A list of sessions starts from the rarest of its conditions and sorts at most 5,000 sessions. The number of traces is counted exactly,
in indexes that have what they are compared by: 12,500 traces of a release within a time took 24 ms (26 at most) among 81,000, and 112
before these indexes.
The smaller of these stores takes 1,930 bytes per observation, with the texts, the indexes and what search needs.

Storing, with names, indexes and search, was compared with the server before it had them (\`node bench/server/compare.mjs OTHER_TREE\`, a
work tree of the commit \`019d639\`): CPU of all threads per span from the first request until nothing is left to do, the least of two
rounds of 12,000 spans on a machine with nothing else to do. Goal: at most 1.25 times.

| | Before | Now | |
| --- | ---: | ---: | ---: |
| Traces of 512 spans that say the same | 164 µs | 227 µs | 1.39 times |
| Traces of 512 spans that each say something else | 198 µs | 249 µs | 1.26 times |
| Turns of conversations, 5 spans each | 199 µs | 413 µs | 2.08 times |
| Traces of 5 calls, each of 2 kB that nobody has said before | 213 µs | 433 µs | 2.03 times |

The goal is missed, by the most where traces are short. What is over it is made after the commit, and no sender waits for it. Since the
full-text index is written once for up to 128 digests, and of a trace that is read back only the texts, the digest takes two thirds of
what it took (\`node bench/server/stages.mjs conversations\`, and \`different --spans 5\`, in turns with the tree before, on a machine that
was busy with much else):

| Digest, CPU a span | Before | Now | |
| --- | ---: | ---: | ---: |
| Turns of conversations, 5 spans each | 218 and 258 µs | 149 and 150 µs | 0.63 times |
| Traces of 5 calls, each of 2 kB that nobody has said before | 238 and 215 µs | 152 µs | 0.67 times |

In so short a run a third of the digest's CPU is V8 compiling the code that reads a trace (\`perf record\` of the server), and a third is
that code itself.

A chat of 50 turns that each carry the history takes 0.19 of its JSON on disk with search
(\`packages/server/src/store/sqlite/disk.test.ts\`): contents 0.077 (0.070 without the free space of pages), search 0.032, texts for
snippets that are no content of their own 0.014, bodies 0.014, words for finding parts 0.010. Files from before pages of 8 KiB take 0.21.
Compressing contents of 1,000 bytes or more with DEFLATE was tried: 0.17 before that, but storing spans that each say something new went
from 55 to 102 µs of CPU a span (91 with Brotli at quality 1).
`;

/** The page of the documentation. */
export function searchPage(
  rows: readonly { readonly found: readonly string[]; readonly missed: readonly string[] }[],
): string {
  const lines = SEARCH_EXAMPLES.map(([kind, text], n) => {
    const list = (queries: readonly string[] = []) => queries.map((query) => `\`${query}\``).join(' · ') || '–';
    return `| ${kind} | ${text} | ${list(rows[n]?.found)} | ${list(rows[n]?.missed)} |\n`;
  });
  return HEAD + lines.join('') + TAIL;
}
