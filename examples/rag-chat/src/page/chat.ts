import type { ChatEvent } from '../chat-event.js';
import { ask, type Question } from './ask.js';
import { element, markdownView } from './markdown-view.js';

const SUGGESTIONS = [
  'What is a session, and how do I put a trace into one?',
  'Can I set the session id after some observations have already ended?',
  'What does POWERRAG_BASE_URL do?',
  'What happens to spans while the server is down?',
];

const userId = `visitor-${crypto.randomUUID().slice(0, 8)}`;
let conversationId = newConversationId();
let history: Question['history'] = [];
let replayUrl = '';

const conversation = part('conversation', HTMLElement);
const welcome = part('welcome', HTMLElement);
const form = part('ask', HTMLFormElement);
const input = part('question', HTMLTextAreaElement);
const button = part('send', HTMLButtonElement);
const replayLink = part('replay', HTMLAnchorElement);

for (const suggestion of SUGGESTIONS) {
  const choice = element('button', suggestion);
  choice.type = 'button';
  choice.addEventListener('click', () => takeTurn(suggestion));
  part('suggestions', HTMLElement).append(choice);
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  takeTurn(input.value);
});
input.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  takeTurn(input.value);
});
part('restart', HTMLButtonElement).addEventListener('click', () => {
  conversationId = newConversationId();
  history = [];
  replayLink.hidden = true;
  conversation.replaceChildren(welcome);
  input.focus();
});

const about = (await (await fetch('/api/about')).json()) as { model: string; replayUrl: string };
replayUrl = about.replayUrl;
part('model', HTMLElement).textContent = about.model;

/** Sends a question, draws the answer as it arrives, and keeps both for later turns. */
function takeTurn(text: string): void {
  const question = text.trim();
  if (question === '' || button.disabled) return;
  input.value = '';
  welcome.remove();
  conversation.append(message('user', question));
  const answer = message('assistant', '');
  answer.classList.add('writing');
  conversation.append(answer);
  scrollToEnd();
  button.disabled = true;
  showAnswer(answer, { conversationId, userId, question, history })
    .catch((error: unknown) => showFailure(answer, error instanceof Error ? error.message : String(error)))
    .finally(() => {
      answer.classList.remove('writing');
      button.disabled = false;
      input.focus();
      scrollToEnd();
    });
}

async function showAnswer(answer: HTMLElement, question: Question): Promise<void> {
  let text = '';
  let ended = false;
  for await (const event of ask(question)) {
    if (event.type === 'text') {
      text += event.text;
      body(answer).replaceChildren(markdownView(text));
      scrollToEnd();
    } else if (event.type === 'done') {
      ended = true;
      showDone(answer, event);
      // A turn of a conversation that was left in the meantime does not belong to the new one.
      if (question.conversationId !== conversationId) continue;
      history = [
        ...history,
        { role: 'user', content: question.question },
        { role: 'assistant', content: event.answer },
      ];
      replayLink.href = `${replayUrl}/sessions/${encodeURIComponent(conversationId)}`;
      replayLink.hidden = false;
    } else {
      ended = true;
      showFailure(answer, event.message);
    }
  }
  if (!ended) throw new Error('the answer broke off');
}

function showDone(
  answer: HTMLElement,
  { sources, tools, moment, answer: text }: Extract<ChatEvent, { type: 'done' }>,
): void {
  body(answer).replaceChildren(markdownView(text));
  const footer = element('footer', '');
  const link = element('a', 'See this moment in the replay');
  link.href = moment;
  footer.append(link);
  for (const tool of tools) footer.append(element('span', tool, 'tool'));
  if (sources.length > 0) {
    const details = element('details', '');
    const list = element('ol', '');
    for (const { title, id } of sources) {
      const source = element('li', title);
      source.append(element('code', id));
      list.append(source);
    }
    details.append(element('summary', `${sources.length} passages`), list);
    footer.append(details);
  }
  answer.append(footer);
}

function showFailure(answer: HTMLElement, reason: string): void {
  const failure = element('p', `That did not work: ${reason}`, 'failure');
  failure.role = 'alert';
  answer.append(failure);
}

function message(role: 'user' | 'assistant', text: string): HTMLElement {
  const article = element('article', '', role);
  article.ariaLabel = role === 'user' ? 'You' : 'Answer';
  const content = element('div', '', 'body');
  if (role === 'user') content.textContent = text;
  article.append(content);
  return article;
}

function body(article: HTMLElement): Element {
  return article.querySelector('.body') ?? article;
}

function scrollToEnd(): void {
  window.scrollTo({ top: document.body.scrollHeight });
}

function newConversationId(): string {
  return `chat-${crypto.randomUUID().slice(0, 13)}`;
}

function part<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} with the id "${id}"`);
  return found;
}
