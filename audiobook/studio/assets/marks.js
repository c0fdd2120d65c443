// Marking places while they are heard, and working off the marks.
import { post, reason, tell } from './ask.js';
import { actions, box, number, passages, play, sentenceHere, sound, work } from './text.js';

const by = (id) => document.getElementById(id);
const dialog = by('note');
const [note, wrong, remove] = ['note', 'wrong', 'remove'].map((name) => by(`note-${name}`));
const count = by('mark-at');
const fixed = by('mark-fixed');

let marks = [];
// The mark that was gone to last, by its id.
let at = null;
let turn = 0;
// The mark that has the focus, also while its row is made again.
let held = null;
// What the page was opened for, until that is there.
let pending = location.hash;
// What the dialog is about: a sentence to mark, or a mark.
let place = null;

const isHere = (mark) => mark.number === Number(number);
const current = () => marks.find(({ id }) => id === at);

// Where marks are in the text, as sentences of paragraphs: several passages may be of one paragraph.
const partsOf = (paragraph) => passages().filter(({ dataset }) => dataset.paragraph === String(paragraph));
const sentencesOf = (paragraph) => partsOf(paragraph).flatMap((passage) => [...passage.querySelectorAll('.sentence')]);

function spotOf(sentence) {
  const paragraph = Number(sentence.closest('.passage').dataset.paragraph);
  return { number: Number(number), paragraph, sentence: sentencesOf(paragraph).indexOf(sentence) };
}

function compare(one, other) {
  return one.number - other.number || one.paragraph - other.paragraph || one.sentence - other.sentence;
}

function rowOf(mark) {
  const row = document.createElement('div');
  Object.assign(row, { id: `mark-${mark.id}`, className: mark.fixed ? 'noted fixed' : 'noted', tabIndex: -1 });
  const kind = Object.assign(document.createElement('strong'), { textContent: mark.doubt ? 'Doubted' : mark.fixed ? 'Fixed' : 'Marked' });
  const text = document.createElement('p');
  text.append(kind, ` ${mark.note}${mark.doubt ? `; heard: “${mark.doubt}”` : ''}`);
  const change = Object.assign(document.createElement('button'), { type: 'button', className: 'quiet', textContent: mark.fixed ? 'Not fixed' : 'Fixed' });
  change.addEventListener('click', () => settle(mark));
  const edit = Object.assign(document.createElement('button'), { type: 'button', className: 'quiet', textContent: 'Note' });
  edit.addEventListener('click', () => ask(mark, mark.text, mark.note));
  row.lang = 'en';
  row.dir = 'ltr';
  row.append(text, change, ...(mark.doubt ? [] : [edit]));
  return row;
}

function show() {
  for (const row of box.querySelectorAll('.noted')) row.remove();
  for (const sentence of box.querySelectorAll('.marked')) sentence.classList.remove('marked');
  for (const mark of marks.filter(isHere).reverse()) {
    const sentence = sentencesOf(mark.paragraph)[mark.sentence];
    if (!sentence) continue;
    if (!mark.fixed) sentence.classList.add('marked');
    sentence.closest('.passage').after(rowOf(mark));
  }
  const open = marks.filter((mark) => !mark.fixed);
  const place = open.findIndex(({ id }) => id === at);
  count.textContent = place < 0 ? `${open.length || 'No'} open mark${open.length === 1 ? '' : 's'}` : `Mark ${place + 1} of ${open.length}`;
  fixed.disabled = !current();
  fixed.textContent = current()?.fixed ? 'Not fixed' : 'Fixed';
  const wanted = marks.find((mark) => pending === `#mark-${mark.id}` && isHere(mark));
  if (wanted && sentencesOf(wanted.paragraph)[wanted.sentence]) {
    pending = '';
    go(wanted);
  } else if (held && document.activeElement === document.body) (by(held) ?? by(`mark-${at}`))?.focus({ preventScroll: true });
}

async function load() {
  const mine = (turn += 1);
  const answer = await fetch(`${work}/marks/list`).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (mine !== turn || !told) return;
  if (answer.ok) marks = told.marks;
  else tell(reason(told));
  show();
}

function go(mark) {
  at = mark.id;
  if (!isHere(mark)) return location.assign(`${work}/text/${mark.number}#mark-${mark.id}`);
  show();
  const sentence = sentencesOf(mark.paragraph)[mark.sentence];
  if (!sentence) return;
  const passage = sentence.closest('.passage');
  by(`mark-${at}`).focus({ preventScroll: true });
  passage.scrollIntoView({ block: 'center' });
  play(passage, [...passage.querySelectorAll('.sentence')].indexOf(sentence));
}

function step(direction) {
  const sentence = sentenceHere();
  const from = current() ?? (sentence ? spotOf(sentence) : { number: Number(number), paragraph: -1, sentence: 0 });
  const open = marks.filter((mark) => !mark.fixed && mark.number && mark.id !== at);
  const next = direction > 0 ? open.find((mark) => compare(mark, from) >= 0) : open.findLast((mark) => compare(mark, from) <= 0);
  if (next) return go(next);
  tell(open.length ? `There is no open mark ${direction > 0 ? 'after' : 'before'} this one.` : 'There is no other open mark.');
}

// Send a change, and show what is in the file then.
async function change(address, told) {
  const answer = await post(`${work}/marks${address}`, told);
  if (answer.ok && answer.id) at = answer.id;
  await load();
  return answer;
}

async function settle(mark) {
  if (!mark) return tell('Go to a mark first: N for the next one, P for the previous one.');
  const answer = await change('/change', { id: mark.id, fixed: !mark.fixed });
  const left = marks.filter((each) => !each.fixed).length;
  tell(answer.ok ? `${mark.fixed ? 'Not fixed' : 'Fixed'}; ${left} open.` : reason(answer));
}

function mark() {
  const sentence = sentenceHere();
  if (!sentence) return tell('Play the text or select a word first, then mark it.');
  const { key } = sentence.closest('.passage').dataset;
  ask({ ...spotOf(sentence), key }, sentence.textContent, '');
}

function ask(about, text, before) {
  place = { about, isPlaying: !sound.paused };
  sound.pause();
  by('note-title').textContent = about.id ? 'Note on this mark' : 'Mark this place';
  by('note-text').textContent = text.length > 300 ? `${text.slice(0, 299)}…` : text;
  note.value = before;
  wrong.textContent = '';
  remove.hidden = !about.id;
  dialog.showModal();
  note.focus();
}

async function finish(address, told, done) {
  const answer = await change(address, told);
  if (!answer.ok) {
    wrong.textContent = reason(answer);
    return;
  }
  dialog.close();
  tell(done);
}

dialog.querySelector('form').addEventListener('submit', (event) => {
  if (event.submitter?.value !== 'keep') return;
  event.preventDefault();
  const { about } = place;
  const told = { note: note.value };
  if (about.id) finish('/change', { ...told, id: about.id }, 'Note saved.');
  else finish('', { ...told, number: about.number, paragraph: about.paragraph, sentence: about.sentence, key: about.key }, 'Marked.');
});
remove.addEventListener('click', () => {
  const { id } = place.about;
  at = at === id ? null : at;
  finish('/drop', { id }, 'Mark removed.');
});
dialog.addEventListener('close', () => {
  if (place?.isPlaying) sound.play();
});

for (const event of ['focusin', 'pointerdown']) {
  addEventListener(event, ({ target }) => {
    held = target.closest?.('.noted')?.id ?? null;
  });
}
by('bar-mark').addEventListener('pointerdown', (event) => event.preventDefault()); // keeps the selection
by('bar-mark').addEventListener('click', mark);
by('mark-before').addEventListener('click', () => step(-1));
by('mark-after').addEventListener('click', () => step(1));
fixed.addEventListener('click', () => settle(current()));
Object.assign(actions, { m: mark, n: () => step(1), p: () => step(-1), f: () => settle(current()) });
box.addEventListener('grown', show);
box.addEventListener('refreshed', load);

// A page that was opened to play on, or for a mark, begins there.
if (pending === '#play' && passages().length) play(passages()[0]);
history.replaceState(null, '', location.pathname);
load();
