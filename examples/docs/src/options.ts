import { register } from '@powerrag/exporter';
import { observe } from '@powerrag/tracing';

const tracing = register({
  serviceName: 'bookshop',
  environment: 'staging',
  release: '2026.11.24',
  maxQueueBytes: 8 * 1024 * 1024,
  onDrop: (reason, count) => console.error(`${count} spans were dropped: ${reason}`),
});

const sell = observe(async (book: string) => `sold ${book}`, { name: 'sell', asType: 'tool' });
console.log(await sell('Momo'));

const { delivered, dropped, timedOut } = await tracing.shutdown({ timeoutMs: 2_000 });
console.log({ delivered, dropped, timedOut });
