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
What a page of 20 sessions costs, in milliseconds of CPU on a busy machine of two cores (\`npx tsx bench/search/search.mjs
--sessions 20000\`, 30 queries each; conversations of lognormal length whose calls carry the history):

| | 104,000 observations, 2,000 sessions: median | 95 % within | 1,058,000 observations, 20,000 sessions: median | 95 % within |
| --- | ---: | ---: | ---: | ---: |
| An id | 0.8 | 3.8 | 1.3 | 4.0 |
| A part of an id | 1.0 | 2.4 | 3.6 | 6.3 |
| A common word | 30.1 | 43.6 | 53.5 | 76.1 |
| A word of rank 1,000 | 9.3 | 14.6 | 19.9 | 24.0 |
| A rare word | 3.4 | 5.7 | 8.0 | 10.5 |
| Three common words | 19.3 | 25.9 | 66.7 | 87.3 |
| A common and a rare word | 5.4 | 8.3 | 25.2 | 34.0 |
| A phrase | 14.7 | 26.2 | 28.8 | 33.4 |
| A part of many words | 24.3 | 27.1 | 37.9 | 48.6 |
| A name of every trace | 29.6 | 33.1 | 62.2 | 65.2 |
| A word that is nowhere | 0.2 | 0.7 | 0.5 | 1.1 |

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
| Traces of Langfuse's API, with their exact number | 4.7 | 20.9 | 3.0 | 111.7 |
| Search, as above | 15.5 | 48.1 | 22.1 | 115.9 |
| One session | 0.2 | 0.3 | 0.2 | 0.4 |

A list of sessions starts from the rarest of its conditions and sorts at most 5,000 sessions. The number of traces is counted exactly,
which takes longer the more traces match: the slowest of them is a release of 12,500 traces within a time.
The larger store takes 2.4 GB: 2,280 bytes per observation, with the texts, the indexes and what search needs.

A chat of 50 turns that each carry the history takes 0.22 of its JSON on disk with search, and 0.14 without
(\`packages/server/src/store/sqlite/disk.test.ts\`): contents 0.098 (0.067 without the free space of pages), search 0.039,
texts for snippets 0.033, bodies 0.015, and words for finding parts 0.024. Compressing contents of 1,000 bytes or more with DEFLATE was
tried: 0.17 with search, but storing spans that each say something new went from 55 to 102 µs of CPU a span (91 with Brotli at quality 1);
spans that repeat what is stored cost the same.
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
