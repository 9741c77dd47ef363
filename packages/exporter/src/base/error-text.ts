/** What was thrown, as text. Never throws, whatever it was: applications throw anything. */
export function errorText(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'something that has no text was thrown';
  }
}
