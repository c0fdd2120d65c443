// What the studio tells its pages. Browsers allow six connections to a server, and each listener takes one. So of all visible pages in
// a browser, only one listens, and passes on what it hears. A hidden page does not listen, because browsers may suspend it; when it is
// seen again, it is told the state of everything.

export const stream = new EventTarget();
// What was told last, by topic, for scripts that come to listen later.
export const told = {};

const topics = ['builds', 'publishing', 'changed'];
const pages = new BroadcastChannel('events');
const againMs = 2000;
// What this page has heard from the studio, by topic; null while another page listens.
let heard = null;
let leave = () => {};

function take(topic, data) {
  if (document.hidden || told[topic] === data) return;
  told[topic] = data;
  stream.dispatchEvent(new MessageEvent(topic, { data }));
}

function pass(topic, data) {
  heard[topic] = data;
  pages.postMessage({ topic, data });
  take(topic, data);
}

pages.addEventListener('message', ({ data: { topic, data } }) => {
  if (topic !== 'hello') return take(topic, data);
  for (const [known, state] of Object.entries(heard ?? {})) pages.postMessage({ topic: known, data: state });
});

// Return why the studio does not answer: it is `gone`, or it was `restarted` and wants another token.
async function trouble() {
  const answer = await fetch('/assets/icon.svg').catch(() => null);
  return answer?.status === 403 ? 'restarted' : 'gone';
}

// Listen until `signal` says that it is another page's turn.
function hear(signal) {
  let source = null;
  const open = () => {
    if (signal.aborted) return;
    source = new EventSource('/events');
    for (const topic of topics) source.addEventListener(topic, ({ data }) => pass(topic, data));
    source.addEventListener('open', () => pass('connection', 'open'));
    source.addEventListener('error', async ({ target }) => {
      // A browser tries again after a lost connection, but not after an answer that refuses.
      if (target.readyState === EventSource.CLOSED) setTimeout(open, againMs);
      const state = await trouble();
      if (!signal.aborted && target === source && target.readyState !== EventSource.OPEN) pass('connection', state);
    });
  };
  heard = {};
  open();
  return new Promise((done) => {
    signal.addEventListener('abort', () => {
      source?.close();
      heard = null;
      done();
    });
  });
}

function listen() {
  leave();
  if (document.hidden) return;
  const turn = new AbortController();
  leave = () => turn.abort();
  pages.postMessage({ topic: 'hello' });
  navigator.locks.request('events', { signal: turn.signal }, () => (turn.signal.aborted ? null : hear(turn.signal))).catch(() => {});
}

document.addEventListener('visibilitychange', listen);
listen();
