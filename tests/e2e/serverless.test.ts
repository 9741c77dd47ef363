import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Child, startChild } from '../support/child-process.js';
import { waitFor } from '../support/wait-for.js';
import { builtExample } from './example-programs.js';
import { startLambdaRuntimeApi } from './lambda-runtime-api.js';
import { type RecordingSink, startRecordingSink } from './recording-sink.js';

const LAMBDA_RUNTIME = join(import.meta.dirname, 'programs/lambda-runtime.mjs');

async function sink(port?: number): Promise<RecordingSink> {
  const started = await startRecordingSink(port);
  onTestFinished(() => started.close());
  return started;
}

/** Starts a program that ends with the test, even if it is stopped. */
function start(args: readonly string[], env: Record<string, string>): Child {
  const child = startChild(process.execPath, args, { env });
  onTestFinished(async () => {
    child.process.kill('SIGKILL');
    await child.ended;
  });
  return child;
}

describe('the AWS Lambda example', () => {
  async function deploy(env: Record<string, string>) {
    let runtime: Child | undefined;
    const api = await startLambdaRuntimeApi(() => {
      if (runtime === undefined) throw new Error('the runtime has not been started');
      return runtime.process;
    });
    onTestFinished(() => api.close());
    const handler = `${builtExample('aws-lambda/dist/handler.js')}#handler`;
    runtime = start([LAMBDA_RUNTIME], { AWS_LAMBDA_RUNTIME_API: api.host, _HANDLER: handler, ...env });
    return { api, runtime };
  }

  it('has sent every span of an invocation when its process is frozen, each time', async () => {
    const { spans, url } = await sink();
    const { api } = await deploy({ POWERRAG_BASE_URL: url });
    for (const [index, conversation] of ['a', 'a', 'b'].entries()) {
      const outcome = await api.invoke({ conversation, text: 'whales' });
      expect(outcome).toEqual({ result: { answer: 'There is a passage on whales.' } });
      expect(spans.slice(index * 2).map(({ name, attributes }) => [name, attributes['session.id']])).toEqual([
        ['look-up', conversation],
        ['answer', conversation],
      ]);
    }
  });

  it('has sent the span of an invocation that failed, too', async () => {
    const { spans, url } = await sink();
    const { api } = await deploy({ POWERRAG_BASE_URL: url });
    expect(await api.invoke({ conversation: 'a', text: '' })).toEqual({
      error: { errorMessage: 'There is no question.', errorType: 'Error' },
    });
    expect(spans.map(({ name, attributes }) => [name, attributes['langfuse.observation.level']])).toEqual([
      ['answer', 'ERROR'],
    ]);
  });

  it('answers while the server is down, and sends what was kept with a later invocation', async () => {
    const down = await sink();
    await down.close();
    const { api } = await deploy({ POWERRAG_BASE_URL: down.url });
    expect(await api.invoke({ conversation: 'a', text: 'whales' })).toHaveProperty('result');

    const { spans } = await sink(Number(new URL(down.url).port));
    expect(await api.invoke({ conversation: 'a', text: 'whales' })).toHaveProperty('result');
    expect(spans.map(({ name }) => name).sort()).toEqual(['answer', 'answer', 'look-up', 'look-up']);
  });
});

describe('the Cloud Run example', () => {
  async function deploy(env: Record<string, string>) {
    const instance = start([builtExample('cloud-run/dist/main.js')], { PORT: '0', ...env });
    const listening = /^listening on (http:\S+)$/m;
    await waitFor(() => listening.test(instance.stdout()), { what: 'the instance to listen' });
    const ask = async (conversation: string): Promise<string> => {
      const request = { method: 'POST', body: 'whales', headers: { 'x-conversation': conversation } };
      const response = await fetch(listening.exec(instance.stdout())?.[1] ?? '', request);
      return response.text();
    };
    return { instance, ask };
  }

  it('sends the spans of a request once it is answered', async () => {
    const { spans, url } = await sink();
    const { ask } = await deploy({ POWERRAG_BASE_URL: url });
    expect(await ask('a')).toBe('There is a passage on whales.\n');
    await waitFor(() => spans.length === 2, { what: 'two spans' });
    expect(spans.map(({ name, attributes }) => [name, attributes['session.id']])).toEqual([
      ['look-up', 'a'],
      ['answer', 'a'],
    ]);
  });

  it('that gets no CPU after its response has sent every span when it has ended by SIGTERM', async () => {
    const { spans, url } = await sink();
    const { ask, instance } = await deploy({ POWERRAG_BASE_URL: url });
    for (const conversation of ['a', 'b', 'c']) {
      await ask(conversation);
      instance.process.kill('SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, 20));
      instance.process.kill('SIGCONT');
    }
    instance.process.kill('SIGSTOP');
    instance.process.kill('SIGTERM');
    instance.process.kill('SIGCONT');
    expect(await instance.ended).toEqual({ code: 0, signal: null });
    expect(instance.stdout()).toMatch(/delivered: 6.*dropped: 0/s);
    expect(spans.map(({ attributes }) => attributes['session.id']).sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  it('ends in time, and says what is dropped, when the server is down', async () => {
    const down = await sink();
    await down.close();
    const { ask, instance } = await deploy({ POWERRAG_BASE_URL: down.url });
    await ask('a');
    instance.process.kill('SIGTERM');
    expect(await instance.ended).toEqual({ code: 0, signal: null });
    expect(instance.stdout()).toMatch(/delivered: 0.*dropped: 2.*timedOut: true/s);
  });
});
