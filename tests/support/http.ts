/** GETs JSON. Any status but 2xx is an error that holds the status and the body. */
export async function getJson<T>(url: string | URL, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(url, { headers });
  const body = await response.text();
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}: ${body}`);
  return JSON.parse(body) as T;
}
