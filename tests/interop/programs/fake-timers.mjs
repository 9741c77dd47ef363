/**
 * Observes and flushes while time is faked by the library and of the kinds that the arguments name, after a request on real time
 * and before another. Prints how many spans were pending after each, then the report of the shutdown under fakes.
 */
import { mock } from 'node:test';
import { register } from '@powerrag/exporter';
import { observe } from '@powerrag/tracing';
import FakeTimers from '@sinonjs/fake-timers';

const [library, ...kinds] = process.argv.slice(2);
const registration = register();
const call = observe(async () => {}, { name: 'call' });
let restore = () => {};

function fake() {
  if (library === 'node:test') {
    mock.timers.enable({ apis: kinds });
    restore = () => mock.timers.reset();
  } else {
    const clock = FakeTimers.install(kinds.length > 0 ? { toFake: kinds } : {});
    restore = () => clock.uninstall();
  }
}

async function pendingAfterCall() {
  await call();
  await registration.forceFlush();
  return registration.processor.stats().pending;
}

const before = await pendingAfterCall();
fake();
const under = [await pendingAfterCall(), await pendingAfterCall()];
restore();
const after = await pendingAfterCall();
fake();
await call();
const report = await registration.shutdown();
restore();
console.log(JSON.stringify({ before, under, after, report }));
