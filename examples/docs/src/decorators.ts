import '@powerrag/exporter/register';
import { observe } from '@powerrag/tracing';

class Assistant {
  readonly #greeting = 'Hello';

  @observe({ name: 'greet', asType: 'agent' })
  greet(name: string) {
    return `${this.#greeting}, ${name}!`;
  }

  @observe()
  static describe() {
    return 'an assistant that greets';
  }
}

console.log(new Assistant().greet('Momo'), Assistant.describe());
