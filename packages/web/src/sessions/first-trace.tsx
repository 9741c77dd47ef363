import { CopyButton } from '../ui/copy-button.js';

const INSTALL = 'npm install @powerrag/tracing @powerrag/exporter';

const snippet = (origin: string): string => `import '@powerrag/exporter/register'; // sends to ${origin}
import { observe, updateActiveTrace } from '@powerrag/tracing';
await observe(async () => updateActiveTrace({ sessionId: 'my-first-session' }), { name: 'hello' })();`;

/** What a newcomer sees: how to send a first trace. */
export function FirstTrace() {
  const code = snippet(window.location.origin);
  return (
    <section className="first-trace" aria-labelledby="first-trace-title">
      <h2 id="first-trace-title">No session yet. Send the first one.</h2>
      <p>A session is every trace that carries the same session id. Three lines make one:</p>
      <CodeBlock label="Copy the install command" text={INSTALL} />
      <CodeBlock label="Copy the program" text={code} />
      <p>
        Traces from any OpenTelemetry exporter are welcome too: point it at{' '}
        <code>{window.location.origin}/v1/traces</code> and set <code>session.id</code> on a span.
      </p>
    </section>
  );
}

function CodeBlock({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div className="first-trace-code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard must reach it */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton label={label} text={() => text} />
    </div>
  );
}
