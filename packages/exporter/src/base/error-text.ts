/** A thrown value as text. Never throws, whatever the value is. */
export function errorText(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'a value that cannot be converted to text was thrown';
  }
}
