// Every page: build buttons, progress, and parts that follow the files of the project.
import { post, reason, tell } from './ask.js';
import { stream } from './events.js';

let builds = {};
// What the page shows of the files; whatever changed after it was made is fetched, also before it began to listen.
let seen = document.getElementById('main').dataset.version;

function show(work) {
  const build = builds[work.dataset.label];
  const state = work.querySelector('.state');
  if (!state) return;
  const isBusy = build && ['building', 'waiting'].includes(build.state);
  const box = state.querySelector('.building');
  box.hidden = !isBusy;
  state.querySelector('.why').hidden = isBusy;
  if (isBusy) {
    const progress = box.querySelector('progress');
    if (build.total) Object.assign(progress, { max: build.total, value: build.done });
    else progress.removeAttribute('value');
    box.querySelector('.progress-text').textContent = build.state === 'waiting' ? `waiting, number ${build.place} in the queue` : build.text;
  }
  const messages = state.querySelector('.messages');
  const told = build?.state === 'failed' ? build.messages : build?.state === 'stopped' ? ['Stopped. Build it again to resume.'] : [];
  messages.hidden = !told.length;
  messages.replaceChildren(...told.map((text) => Object.assign(document.createElement('li'), { textContent: text })));
  const [start, stop] = [work.querySelector('button.build'), work.querySelector('button.stop')];
  if (!start) return;
  const hadFocus = document.activeElement === start || document.activeElement === stop;
  start.hidden = isBusy;
  stop.hidden = !isBusy;
  if (hadFocus) (isBusy ? stop : start).focus();
}

// Until all scripts of the page have run, a click would be lost, and a change would be taken for what the page showed.
addEventListener('DOMContentLoaded', () => {
  document.getElementById('main').inert = false;
});

// The progress of the whole queue, on the shelf, if several works are in it.
function showWhole(whole) {
  const box = document.getElementById('whole');
  if (!box) return;
  const stop = box.querySelector('button');
  const hadFocus = document.activeElement === stop;
  box.hidden = !whole;
  if (hadFocus && !whole) document.getElementById('files').focus();
  if (!whole) return;
  Object.assign(box.querySelector('progress'), { max: whole.total, value: whole.done });
  box.querySelector('.progress-text').textContent = whole.text;
  stop.dataset.label = Object.keys(builds).filter((label) => ['building', 'waiting'].includes(builds[label].state)).join(' ');
}

function showAll() {
  document.querySelectorAll('.work[data-label]').forEach(show);
}

// Return what is in the place of an element after its part of the page was fetched again.
function successor(element, live) {
  if (element.id) return document.getElementById(element.id);
  if (element.href) return [...live.querySelectorAll('a')].find(({ href }) => href === element.href);
  const kind = [element.localName, ...element.classList].join('.');
  return document.getElementById(element.closest('[id]').id)?.querySelector(kind);
}

// Fetch a part of the page that shows files again, and return why that failed. What is focused stays so, if it is still there.
async function refreshPart(live) {
  const answer = await fetch(live.dataset.live, { headers: { accept: 'text/html' } });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').body;
  if (!answer.ok) return fresh.querySelector('#refused');
  if (live.dataset.dirty) return null;
  const focused = live.contains(document.activeElement) ? document.activeElement : null;
  const open = [...live.querySelectorAll('details[open]')].map(({ id }) => id);
  live.replaceChildren(...fresh.childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  showAll();
  // Scripts of the page first: a button that they enable again can only have the focus then.
  live.dispatchEvent(new CustomEvent('refreshed', { bubbles: true }));
  if (focused) successor(focused, live)?.focus();
  return null;
}

// As long as the files cannot be read, the page shows what was in them before, and says why.
function showStale(refused) {
  const box = document.getElementById('stale');
  box.hidden = !refused;
  box.replaceChildren(...(refused?.querySelectorAll('p') ?? []));
  for (const line of box.children) line.className = '';
}

// Parts with something that is not saved yet stay as they are.
async function refresh() {
  try {
    let refused = null;
    for (const live of document.querySelectorAll('[data-live]:not([data-dirty])')) refused = (await refreshPart(live)) ?? refused;
    showStale(refused);
  } catch {
    // The page is being left, or a connection was closed. If it stays open, it must not stay old.
    setTimeout(refreshSoon, 1000);
  }
}

let isRefreshing = null;
export function refreshSoon() {
  isRefreshing = (isRefreshing ?? Promise.resolve()).then(refresh, refresh);
  return isRefreshing;
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest?.('button.build, button.stop');
  if (!button) return;
  const isStop = button.classList.contains('stop');
  const answer = await post('/builds', { labels: button.dataset.label.split(' '), stop: isStop });
  if (!answer.ok) tell(reason(answer));
});

stream.addEventListener('builds', ({ data }) => {
  const told = JSON.parse(data);
  builds = told.works;
  showAll();
  showWhole(told.whole);
});
stream.addEventListener('connection', ({ data }) => {
  document.getElementById('gone').hidden = data !== 'gone';
  document.getElementById('restarted').hidden = data !== 'restarted';
});
stream.addEventListener('changed', ({ data }) => {
  // A page that only says what went wrong is loaded again once something has changed.
  if (document.getElementById('refused') && seen !== '0') location.reload();
  else if (seen !== data) refreshSoon();
  seen = data;
});
