/** Numbers by name, as stored. In older files, null stands for a number that is not finite: it is left out. */
export function readNumbers(text: string): Record<string, number> {
  const numbers = JSON.parse(text) as Record<string, number | null>;
  if (!text.includes('null')) return numbers as Record<string, number>;
  return Object.fromEntries(Object.entries(numbers).filter((entry): entry is [string, number] => entry[1] !== null));
}
