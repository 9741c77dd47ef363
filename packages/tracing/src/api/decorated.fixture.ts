import { observe } from '../index.js';

/** For a test: a class that must compile with both kinds of decorators. */
export class Decorated {
  @observe()
  method(question: string): string {
    return question;
  }

  @observe
  async direct(): Promise<number> {
    return 1;
  }

  @observe({ asType: 'tool' })
  static fixed(): boolean {
    return true;
  }

  @observe({ name: 'field' })
  field = (n: number): number => n + 1;

  @observe()
  get size(): number {
    return 1;
  }

  @observe()
  set length(_length: number) {}

  @observe()
  *words(): Generator<string> {
    yield 'a';
  }
}
