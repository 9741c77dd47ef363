/** Next.js calls this once when a server starts, before it takes a request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { register: registerPowerRAG } = await import('@powerrag/exporter');
  registerPowerRAG({ serviceName: 'librarian' });
}
