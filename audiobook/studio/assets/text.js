// The text of a chapter: play any sentence, and change how a word is said.
import { reason, tell } from './ask.js';
import { refreshSoon } from './studio.js';

export const box = document.getElementById('live');
export const sound = document.getElementById('sound');
export const { work, number } = box.dataset;
const button = document.getElementById('bar-play');
const chosen = document.getElementById('say-selected');
const dialog = document.getElementById('say');
const [word, plain, wrong, count, remove] = ['word', 'plain', 'wrong', 'count', 'remove'].map((name) => document.getElementById(`say-${name}`));
const ipa = document.getElementById('say-ipa');
const others = document.getElementById('say-others');

// What plays: the id of its passage, when its sentences begin, in seconds, and whether the text is played through.
let now = null;
let about = { entry: {} };
let isWaiting = 0;
let fresh = readOn();

// The rest of a long chapter comes in parts, so that its beginning can be used at once.
async function readOn() {
  for (let more = box.querySelector('.more'); more; more = box.querySelector('.more')) {
    const answer = await fetch(more.dataset.from).catch(() => null);
    const text = await answer?.text();
    if (!more.isConnected) continue; // the whole chapter was fetched meanwhile
    if (!answer?.ok) {
      more.textContent = 'The rest of the chapter could not be loaded. Reload the page.';
      return;
    }
    more.replaceWith(...new DOMParser().parseFromString(text, 'text/html').body.childNodes);
    box.dispatchEvent(new CustomEvent('grown'));
  }
}

export const passages = () => [...box.querySelectorAll('.passage')];
const current = () => document.getElementById(now?.id) ?? null;

function light() {
  for (const lit of box.querySelectorAll('.now, .playing')) lit.classList.remove('now', 'playing');
  button.classList.toggle('playing', !sound.paused);
  button.setAttribute('aria-label', sound.paused ? 'Play' : 'Pause');
  const passage = current();
  if (!passage) return;
  passage.classList.toggle('playing', !sound.paused);
  const index = now.starts.findLastIndex((start) => start <= sound.currentTime + 0.02);
  passage.querySelectorAll('.sentence')[Math.max(index, 0)]?.classList.add('now');
}

// Return the sentence that is selected, or else the one that plays or played last.
export function sentenceHere() {
  const selection = getSelection();
  const chosen = selection.isCollapsed ? null : selection.anchorNode.parentElement?.closest('.sentence');
  return chosen && box.contains(chosen) ? chosen : box.querySelector('.now');
}

// Play a clip that was answered, from the sentence with this index or from where the answer says.
async function hear(answer, id, index = null) {
  const starts = (answer.headers.get('starts-ms') ?? '0').split(' ').map((ms) => ms / 1000);
  if (sound.src) URL.revokeObjectURL(sound.src);
  sound.src = URL.createObjectURL(await answer.blob());
  now = { id, starts, isThrough: index !== null };
  const start = index === null ? answer.headers.get('start-ms') / 1000 : (starts[index] ?? 0);
  if (start) sound.currentTime = start;
  await sound.play().catch(({ name }) => {
    if (name === 'NotAllowedError') tell('Press Space to continue: the browser does not play sound by itself here.');
  });
  light();
}

async function refusal(answer) {
  const told = await answer.json().catch(() => ({ message: answer.statusText }));
  return reason(told);
}

// A clip with an old key is one of an earlier text, or of an earlier lexicon: the page is not as fresh as the files.
async function clipOf(id, mayBeOld = true) {
  const { key } = document.getElementById(id).dataset;
  const answer = await fetch(`${work}/sound/${key}`).catch(() => null);
  if (answer?.status !== 404 || !mayBeOld) return answer;
  await refreshSoon();
  return document.getElementById(id) ? clipOf(id, false) : answer;
}

export async function play(passage, index = 0) {
  const turn = (isWaiting += 1);
  sound.pause();
  passage.classList.add('busy');
  const answer = await clipOf(passage.id);
  box.querySelector('.busy')?.classList.remove('busy');
  if (turn !== isWaiting) return;
  if (!answer?.ok) {
    tell(answer ? await refusal(answer) : 'The studio does not answer.');
    return;
  }
  await hear(answer, passage.id, index);
  current()?.scrollIntoView({ block: 'nearest' });
  const next = passages()[passages().indexOf(current()) + 1];
  if (next) fetch(`${work}/sound/${next.dataset.key}`).catch(() => {}); // made while this one is heard
}

function step(by) {
  const all = passages();
  const at = all.indexOf(current());
  const next = all[at < 0 ? 0 : at + by];
  if (next) play(next);
}

function toggle() {
  if (!now) return step(1);
  if (sound.paused) return sound.play();
  return sound.pause();
}

for (const event of ['timeupdate', 'play', 'pause']) sound.addEventListener(event, light);
sound.addEventListener('ended', async () => {
  await fresh;
  const next = document.querySelector('a[rel=next]');
  if (document.querySelector('dialog[open]')) return;
  if (current() !== passages().at(-1)) step(1);
  else if (now?.isThrough && next) location.assign(`${next.href}#play`);
});
button.addEventListener('click', toggle);

box.addEventListener('click', ({ target }) => {
  const passage = target.closest('.passage');
  if (!passage) return;
  if (target.closest('.play')) return passage === current() ? toggle() : play(passage);
  if (target.closest('.say-one')) return open(passage, '');
  if (!getSelection().isCollapsed) return;
  const sentence = target.closest('.sentence');
  if (sentence) play(passage, [...passage.querySelectorAll('.sentence')].indexOf(sentence));
});
for (const event of ['refreshed', 'grown']) box.addEventListener(event, light);

// What keys do.
export const actions = { ' ': toggle, ArrowDown: () => step(1), ArrowUp: () => step(-1), s: () => open(current() ?? passages()[0], '') };
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || document.querySelector('dialog[open]')) return;
  const action = actions[event.key];
  if (!action || event.target.closest?.('input') || (event.key === ' ' && event.target.closest?.('button, a'))) return;
  event.preventDefault();
  action();
});

// A selected word.

// Return the selected words as they are written, without what is spoken instead, and their passage.
function selected() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const passage = (range.startContainer.parentElement ?? range.startContainer).closest?.('.passage');
  if (!passage || !box.contains(passage)) return null;
  const part = range.cloneContents();
  for (const spoken of part.querySelectorAll('.spoken, button')) spoken.remove();
  const text = part.textContent.replace(/\s+/g, ' ').trim().replace(/^[\p{P}]+|[\p{P}]+$/gu, '');
  return text && text.length <= 200 ? { text, passage, range } : null;
}

document.addEventListener('selectionchange', () => {
  const found = selected();
  chosen.hidden = !found;
  if (!found) return;
  chosen.querySelector('span').textContent = found.text.length > 30 ? `${found.text.slice(0, 29)}…` : found.text;
});
chosen.addEventListener('pointerdown', (event) => event.preventDefault());
chosen.addEventListener('click', () => {
  const found = selected();
  if (found) open(found.passage, found.text);
});

// The dialog.

let place = null;

async function lookUp() {
  const wanted = word.value.trim();
  about = { entry: {} };
  count.textContent = '';
  remove.hidden = others.hidden = true;
  if (!wanted) return;
  const answer = await fetch(`${work}/word?${new URLSearchParams({ word: wanted })}`).catch(() => null);
  if (!answer?.ok || word.value.trim() !== wanted) return;
  about = await answer.json();
  const places = about.chapters;
  const cost = `${about.passages} clip${about.passages > 1 ? 's' : ''} to make, ${about.wait}`;
  count.textContent = about.count ? `Occurs ${about.count} time${about.count > 1 ? 's' : ''} in ${places} chapter${places > 1 ? 's' : ''}: ${cost}.` : 'Does not occur in this book.';
  showOthers();
  const { entry } = about;
  remove.hidden = !entry.scope;
  if (!entry.scope) return;
  plain.value = entry.say;
  if (ipa) ipa.value = entry.phonemes;
  dialog.querySelector(`[value="${entry.scope}"]`).checked = true;
}

// The other places of the word, each of which can be heard as it would be spoken.
function showOthers() {
  const elsewhere = about.places.filter((each) => each.number !== Number(number) || each.paragraph !== Number(place.dataset.paragraph));
  others.hidden = !elsewhere.length;
  const isWhole = about.places.length === about.passages;
  others.querySelector('summary').textContent = isWhole ? 'Hear the other places' : `Hear the first ${elsewhere.length} other places`;
  const rows = elsewhere.map((each) => {
    const row = document.createElement('li');
    const [before, said, after] = each.text;
    const play = Object.assign(document.createElement('button'), { type: 'button', className: 'play', ariaLabel: `Hear: ${each.text.join('')}` });
    play.addEventListener('click', () => send('hear', { ...given(), number: each.number, paragraph: each.paragraph }, ''));
    const text = document.createElement('span');
    text.append(before, Object.assign(document.createElement('b'), { textContent: said }), after);
    row.append(play, text);
    return row;
  });
  document.getElementById('say-places').replaceChildren(...rows);
}

function open(passage, text) {
  sound.pause();
  place = passage;
  word.value = text;
  plain.value = '';
  if (ipa) ipa.value = '';
  wrong.textContent = '';
  others.open = false;
  chosen.hidden = true;
  dialog.showModal();
  (text ? plain : word).focus();
  return lookUp();
}

function given() {
  const said = { number: Number(number), paragraph: Number(place.dataset.paragraph), word: word.value.trim() };
  return { ...said, say: plain.value.trim(), phonemes: ipa?.value.trim() ?? '' };
}

async function send(address, told, id = place.id) {
  wrong.textContent = '';
  const body = JSON.stringify(told);
  const answer = await fetch(`${work}/${address}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(() => null);
  if (answer?.ok) {
    await hear(answer, id);
    return true;
  }
  wrong.textContent = answer ? await refusal(answer) : 'The studio does not answer.';
  return false;
}

async function keep(told) {
  const scope = dialog.querySelector('[name=scope]:checked').value;
  if (!(await send('keep', { ...told, scope, before: about.entry }))) return;
  const others = about.count > 1 ? ` It occurs ${about.count} times; the other clips are made when they are played or built.` : '';
  dialog.close();
  tell(`Kept.${others}`);
  fresh = refreshSoon();
}

word.addEventListener('change', lookUp);
document.getElementById('say-hear').addEventListener('click', () => {
  if (word.reportValidity()) send('hear', given());
});
dialog.querySelector('form').addEventListener('submit', (event) => {
  if (event.submitter?.value !== 'keep') return;
  event.preventDefault();
  const told = given();
  if (told.say || told.phonemes) keep(told);
  else plain.focus();
});
remove.addEventListener('click', () => keep({ ...given(), say: '', phonemes: '' }));
dialog.addEventListener('close', () => document.getElementById(place?.id)?.querySelector('.say-one')?.focus());
