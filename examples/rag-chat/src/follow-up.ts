/** How a question starts, or what it holds, when it leans on the one before. */
const LEANING = /^(?:and|but|so|also|what about|how about)\b|\b(?:it|its|that|this|those|these|them|they|there)\b/i;

/**
 * The question to search with. One that leans on what was said before ("And does it…?") says too little by itself,
 * so the question before it is searched for along with it.
 */
export function searchQuery(question: string, earlierQuestions: readonly string[]): string {
  const before = earlierQuestions.at(-1);
  return before !== undefined && LEANING.test(question) ? `${question} ${before}` : question;
}
