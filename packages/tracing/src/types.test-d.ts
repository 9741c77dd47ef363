import { describe, expectTypeOf, it } from 'vitest';
import {
  type LangfuseGeneration,
  type LangfuseObservation,
  LangfuseOtelSpanAttributes,
  type LangfuseSpan,
  type Observation,
  observe,
  type StartActiveObservationOpts,
  startActiveObservation,
  startObservation,
  updateActiveObservation,
} from './index.js';

describe('starting an observation', () => {
  it('gives the type that asType names, and span without it', () => {
    expectTypeOf(startObservation('a')).toEqualTypeOf<Observation<'span'>>();
    expectTypeOf(startObservation('a', {}, { asType: 'tool' })).toEqualTypeOf<Observation<'tool'>>();
    expectTypeOf(startObservation('a', { model: 'm' }, { asType: 'generation' })).toEqualTypeOf<LangfuseGeneration>();
    expectTypeOf(startObservation('a').startObservation('b', {}, { asType: 'agent' }).type).toEqualTypeOf<'agent'>();
  });

  it('refuses attributes that its type does not have', () => {
    // @ts-expect-error a span has no model
    startObservation('a', { model: 'm' });
    // @ts-expect-error a tool has no usage
    startObservation('a', { usageDetails: { input: 1 } }, { asType: 'tool' });
    // @ts-expect-error there is no such type
    startObservation('a', {}, { asType: 'thought' });
    // @ts-expect-error a span has no model
    startObservation('a').update({ model: 'm' });
    // @ts-expect-error the active observation is taken for a span
    updateActiveObservation({ model: 'm' });
    // @ts-expect-error a level has four names
    startObservation('a', { level: 'FATAL' });
  });

  it('takes an optional value as it is', () => {
    const sessionId = (): string | undefined => undefined;
    startObservation('a', { statusMessage: sessionId() }).updateTrace({ sessionId: sessionId() });
  });

  it('fits the names of the model', () => {
    expectTypeOf(
      LangfuseOtelSpanAttributes.OBSERVATION_STATUS_MESSAGE,
    ).toEqualTypeOf<'langfuse.observation.status_message'>();
    expectTypeOf(LangfuseOtelSpanAttributes.TRACE_SESSION_ID).toEqualTypeOf<'session.id'>();
    expectTypeOf(startObservation('a')).toExtend<LangfuseSpan>();
    expectTypeOf(startObservation('a')).toExtend<LangfuseObservation>();
    const options: StartActiveObservationOpts = { asType: 'tool', startTime: new Date() };
    startActiveObservation('a', (observation) => observation.end(), options);
  });
});

describe('a function whose parameters have no type annotation', () => {
  it('has the types that its place asks for, such as the execute of a tool', () => {
    interface Tool<Input, Output> {
      input: (value: unknown) => Input;
      execute: (input: Input, options: { signal: AbortSignal }) => Promise<Output>;
    }
    // As the AI SDK has it: the overloads for tools without input or output come last.
    function tool<Input, Output>(given: Tool<Input, Output>): Tool<Input, Output>;
    function tool<Input>(given: Tool<Input, never>): Tool<Input, never>;
    function tool<Output>(given: Tool<never, Output>): Tool<never, Output>;
    function tool(given: unknown): unknown {
      return given;
    }
    const execute: Tool<{ city: string }, string>['execute'] = observe(
      async ({ city }, { signal }) => `${city}: sunny, ${signal.aborted}`,
    );
    const weather = tool({ input: () => ({ city: 'Paris' }), execute: observe(execute, { asType: 'tool' }) });
    expectTypeOf(weather.input).returns.toEqualTypeOf<{ city: string }>();
    expectTypeOf(weather.execute).returns.toEqualTypeOf<Promise<string>>();
  });

  it('can be used anywhere else', () => {
    observe(async (messages) => messages.length, { name: 'count' });
    observe({ name: 'count' })((messages) => messages.length);
  });
});

describe('startActiveObservation', () => {
  it('knows the observation of its callback and returns what that returns', () => {
    const result = startActiveObservation(
      'a',
      async (generation) => {
        expectTypeOf(generation).toEqualTypeOf<Observation<'generation'>>();
        generation.update({ model: 'm' });
        return 1;
      },
      { asType: 'generation' },
    );
    expectTypeOf(result).toEqualTypeOf<Promise<number>>();
    startActiveObservation('a', (span: LangfuseSpan) => span.update({ input: 1 }));
  });
});

describe('observe', () => {
  function overloaded(value: string): string;
  function overloaded(value: number): number;
  function overloaded(value: string | number): string | number {
    return value;
  }

  it('keeps generic and overloaded types', () => {
    const first = observe(<T>(items: readonly T[]): T | undefined => items[0]);
    expectTypeOf(first([1, 2])).toEqualTypeOf<number | undefined>();
    expectTypeOf(first(['a'])).toEqualTypeOf<string | undefined>();
    expectTypeOf(observe(overloaded)).toEqualTypeOf<typeof overloaded>();
    expectTypeOf(observe(overloaded)('a')).toEqualTypeOf<string>();
    expectTypeOf(observe({ asType: 'tool' })(overloaded)).toEqualTypeOf<typeof overloaded>();
  });

  it('keeps this, properties and generators', () => {
    const withThis = observe(function (this: { n: number }, by: number) {
      return this.n * by;
    });
    expectTypeOf(withThis).thisParameter.toEqualTypeOf<{ n: number }>();
    const callable = observe(Object.assign((n: number) => n, { retries: 3 }));
    expectTypeOf(callable.retries).toEqualTypeOf<number>();
    const words = observe(async function* () {
      yield 'a';
    });
    expectTypeOf(words()).toEqualTypeOf<AsyncGenerator<string, void, unknown>>();
  });

  it('gives capture functions the arguments and the settled result', () => {
    observe(async (user: string, age: number) => ({ user, age }), {
      captureInput: (user, age) => {
        expectTypeOf(user).toEqualTypeOf<string>();
        expectTypeOf(age).toEqualTypeOf<number>();
      },
      captureOutput: (result) => {
        expectTypeOf(result).toEqualTypeOf<{ user: string; age: number }>();
      },
    });
  });

  it('decorates methods and fields', () => {
    class Assistant {
      @observe()
      method(question: string) {
        return question;
      }
      @observe({ asType: 'tool' })
      field = (n: number): number => n;
      @observe
      async direct() {}
    }
    expectTypeOf(new Assistant().method).toEqualTypeOf<(question: string) => string>();
    expectTypeOf(new Assistant().field).toEqualTypeOf<(n: number) => number>();
  });
});
