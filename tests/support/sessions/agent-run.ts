import { SessionRecorder } from './recorder.js';

const MODEL = 'claude-sonnet-4-5';
const STACK = `Traceback (most recent call last):
  File "/srv/agent/tools/shell.py", line 88, in run
    result = self._execute(command, timeout=timeout)
  File "/srv/agent/tools/shell.py", line 131, in _execute
    return subprocess.run(command, check=True, timeout=timeout)
  File "/usr/lib/python3.12/subprocess.py", line 571, in run
    raise CalledProcessError(retcode, process.args,
subprocess.CalledProcessError: Command 'pytest -x tests/billing' returned non-zero exit status 1.`;

const FILES = ['billing/invoice.py', 'billing/tax.py', 'billing/rounding.py', 'tests/billing/test_tax.py'];

/**
 * One run of a coding agent of 50 minutes in one trace: calls, tools that fail and are tried again, parallel reads, three
 * sub-agents, and 23 minutes in which it waits for a person's approval.
 */
export function agentRun(startMs: number, sessionId = 'run-5d1e77'): SessionRecorder {
  const recorder = new SessionRecorder(startMs, {
    'session.id': sessionId,
    'user.id': 'ci@example.org',
    'langfuse.trace.tags': JSON.stringify(['coding-agent']),
    'langfuse.environment': 'staging',
  });
  const record = recorder.trace();
  const end = 50 * 60_000;
  const task = 'Invoices of Swiss customers are off by one cent. Find out why, fix it, and prove it with a test.';
  const report =
    'Fixed. `round_half_up` was applied to each line and again to the total; Swiss invoices round the total to 0.05 only.\n\n- `billing/rounding.py`: rounds once, on the total\n- `tests/billing/test_tax.py`: a test with the three invoices of the report\n\nAll 214 tests pass.';
  const root = record({ name: 'fix-issue', type: 'agent', from: 0, to: end, input: task, output: report });
  let at = 400;
  let context = 3_200;
  const messages: unknown[] = [
    { role: 'system', content: 'You are a careful engineer. Think, act, check.' },
    { role: 'user', content: task },
  ];

  const call = (parent: string, said: string, tools: readonly { name: string; args: unknown }[], ms = 6_000): void => {
    context += 1_450;
    const output = {
      role: 'assistant',
      content: said,
      tool_calls: tools.map(({ name, args }, n) => ({
        id: `c${at}-${n}`,
        type: 'function',
        function: { name, arguments: JSON.stringify(args) },
      })),
    };
    record({
      ...{ name: 'messages.create', type: 'generation', parent, from: at, to: at + ms, model: MODEL },
      ...{
        input: { messages: [...messages] },
        output,
        firstToken: at + 900,
        tokens: [context, 180] as const,
        cost: context * 3e-6,
      },
    });
    messages.push(output);
    at += ms + 120;
  };
  const tool = (parent: string, name: string, input: unknown, result: string | Error, ms = 1_500): void => {
    const failed = result instanceof Error;
    record({
      ...{ name, type: 'tool', parent, from: at, to: at + ms, input },
      ...(failed ? { failure: result.message } : { output: result }),
    });
    messages.push({ role: 'tool', name, content: failed ? result.message : result });
    at += ms + 60;
  };

  call(root, 'I will look at how totals are rounded first.', [
    { name: 'grep', args: { pattern: 'round', path: 'billing' } },
  ]);
  tool(
    root,
    'grep',
    { pattern: 'round', path: 'billing' },
    FILES.map((file) => `${file}:12: round_half_up(...)`).join('\n'),
  );
  call(
    root,
    'Four files round. I read them at the same time.',
    FILES.map((path) => ({ name: 'read_file', args: { path } })),
  );
  for (const [n, path] of FILES.entries()) {
    record({
      ...{ name: 'read_file', type: 'tool', parent: root, from: at + n * 15, to: at + 900 + n * 210 },
      ...{
        input: { path },
        output: `def total(lines):\n    return round_half_up(sum(round_half_up(l) for l in lines))\n# ${path}\n`,
      },
    });
  }
  at += 1_900;

  const sub = (name: string, question: string, answer: string, rounds: number): void => {
    const from = at;
    const inside: (() => void)[] = [];
    const id = record({
      name,
      type: 'agent',
      parent: root,
      from,
      to: from + rounds * 21_000 + 400,
      input: question,
      output: answer,
    });
    for (let n = 0; n < rounds; n++) inside.push(() => round(id, n));
    for (const step of inside) step();
    at = from + rounds * 21_000 + 600;
  };
  const round = (parent: string, n: number): void => {
    call(
      parent,
      `Step ${n + 1}: I check the next source.`,
      [{ name: 'search_docs', args: { query: `rounding rule ${n}` } }],
      16_500,
    );
    record({
      ...{
        name: 'search_docs',
        type: 'retriever',
        parent,
        from: at,
        to: at + 1_400,
        input: { query: `rounding rule ${n}` },
      },
      output:
        n % 4 === 3
          ? []
          : [{ text: `Swiss invoices round the total to 0.05. Source ${n}.`, score: 0.8, source: `tax/ch-${n}.md` }],
    });
    at += 1_500;
    record({
      ...{
        name: 'fetch_page',
        type: 'tool',
        parent,
        from: at,
        to: at + 2_200,
        input: { url: `https://tax.example/ch/${n}` },
      },
      ...(n % 5 === 2
        ? { failure: 'ReadTimeout: no bytes for 2 s' }
        : { output: `Page ${n}: rounding of totals in CHF.` }),
    });
    at += 2_300;
  };

  sub('research-tax-rules', 'How must Swiss invoices be rounded?', 'Only the total is rounded, to 0.05 CHF.', 18);
  call(root, 'The rule is clear: only the total. I reproduce the fault first.', [
    { name: 'run', args: { command: 'pytest -x tests/billing' } },
  ]);
  for (let attempt = 0; attempt < 3; attempt++)
    tool(root, 'run', { command: 'pytest -x tests/billing' }, new Error(STACK), 14_000);
  call(root, 'It fails as reported. I change `rounding.py`.', [
    { name: 'edit_file', args: { path: 'billing/rounding.py' } },
  ]);
  tool(root, 'edit_file', { path: 'billing/rounding.py', replace: 'round_half_up(l)', with: 'l' }, 'edited');
  sub('review-change', 'Is the change complete?', 'One more place: `tax.py` rounds each line as well.', 14);
  call(root, 'The reviewer is right, `tax.py` as well. Before I push I ask for approval.', [
    { name: 'ask_human', args: { question: 'May I push?' } },
  ]);
  tool(root, 'ask_human', { question: 'May I push?' }, 'approved', 1_200);
  at += 23 * 60_000;
  call(root, 'Approved. I run the whole suite.', [{ name: 'run', args: { command: 'pytest' } }]);
  tool(root, 'run', { command: 'pytest' }, '214 passed in 41.20s', 41_000);
  sub('write-changelog', 'Tell the change in one paragraph.', 'Swiss totals are rounded once, to 0.05 CHF.', 12);
  call(root, report, [], 8_000);
  record({
    name: 'policy-check',
    type: 'guardrail',
    parent: root,
    from: at,
    to: at + 240,
    input: report,
    output: { passed: true },
  });
  return recorder;
}
