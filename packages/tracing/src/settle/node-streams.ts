import { context } from '@opentelemetry/api';
import { intercept } from './intercept.js';
import type { StreamedCall } from './streamed-call.js';

/** Follows a Node stream through `emit`, which sees its events however it is read; adding a listener would start the flow. */
export function followNodeStream(stream: object, call: StreamedCall): object {
  if (Reflect.get(stream, 'readableEnded') === true) {
    call.returned();
    return stream;
  }
  intercept(stream, ['_read'], call, (_calls, invoke, _key, args) => context.with(call.context, () => invoke(args)));
  return intercept(stream, ['emit'], call, (calls, invoke, _key, args) => {
    const [event, value] = args;
    for (const each of calls) {
      if (event === 'data') each.chunk(value);
      else if (event === 'end') each.returned();
      // Node reports with an AbortError that a reader has left.
      else if (event === 'close' || (value instanceof Error && value.name === 'AbortError')) each.left('cancelled');
      else if (event === 'error') each.failed(value);
    }
    return invoke(args);
  });
}
