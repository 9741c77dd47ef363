/** Words of a question that depends on the one before. */
const LEANING = /^(?:and|but|so|also|what about|how about)\b|\b(?:it|its|that|this|those|these|them|they|there)\b/i;

/**
 * The question to search with. One that depends on what was said before ("And does it…?") is not enough alone,
 * so the question before it is searched for along with it.
 */
export function searchQuery(question: string, earlierQuestions: readonly string[]): string {
  const before = earlierQuestions.at(-1);
  return before !== undefined && LEANING.test(question) ? `${question} ${before}` : question;
}
