// The page of a work: connects the sound, the text that follows it, and all controls.
import { AutoScroll } from './autoscroll.js';
import { clock, lastUpTo } from './clock.js';
import { copy, listenToCopying } from './copy.js';
import { placeHash, readHash, samePlace, sentenceHash } from './editions.js';
import { Keeping } from './keeping.js';
import { listenToKeys } from './keys.js';
import { Levels } from './levels.js';
import { listenToLooks } from './looks.js';
import { Marks } from './marks.js';
import { adopt, changeSettings, markHeard, readPosition, readSettings, writePosition } from './memory.js';
import { Pairing } from './pairing.js';
import { Parts } from './parts.js';
import { findPlace, numbered, placeOf } from './place.js';
import { Search } from './search.js';
import { Session } from './session.js';
import { Sheet } from './sheet.js';
import { Sleep } from './sleep.js';
import { Sound } from './sound.js';
import { pauseForOtherTabs } from './tabs.js';
import { Text } from './text.js';

const BACK_S = 15;
const FORWARD_S = 30;
const SAVE_EVERY_MS = 5000;

const get = (id) => document.getElementById(id);
const work = get('work');
const duration = Number(work.dataset.duration);
const bar = get('bar');

const links = [...document.querySelectorAll('#chapters a')];
const chapters = links.map((link, i) => ({
  link,
  title: link.querySelector('.name').textContent,
  paragraphs: Number(link.dataset.paragraphs),
  start: Number(link.dataset.start),
  end: i + 1 < links.length ? Number(links[i + 1].dataset.start) : duration,
}));
const chapterAt = (seconds) => Math.max(0, lastUpTo(chapters, seconds + 0.001, ({ start }) => start));

const sound = new Sound(get('sound'), duration);
const parts = new Parts(work.dataset.read, work.dataset.parts);
const autoScroll = new AutoScroll(get('follow'), bar, () => show(true));
const sheet = new Sheet(get('sheet'), links[0].closest('nav'), {
  button: get('here'),
  closeButton: get('sheet-close'),
  onOpen: () => reveal(chapters[here].link),
  onClose: () => search.clear(),
});
const search = new Search(
  { field: get('find'), results: get('found'), status: get('found-status'), chapterList: links[0].closest('nav') },
  parts,
  chapters,
  (sentence) => {
    goTo(sentence.start / 1000);
    sheet.close();
  },
);
const text = new Text(get('text'), parts, {
  onPick: (sentence) => {
    goTo(sentence.start / 1000);
    sound.play();
  },
  onHighlight: (sentence) => autoScroll.bringIntoView(sentence.focus, { now: isArriving }),
  onAlone: () => tell(get('text').dataset.failed),
});
if (work.dataset.former) adopt(work.dataset.former.split(' '));
const marks = new Marks(get('marks'), async ({ t, place }) => {
  const ms = await findPlace(place, chapters, parts).catch(() => null);
  goTo(ms === null ? t : ms / 1000);
  sheet.close();
});
const keysDialog = get('keys');
let isArriving = true;
let here = -1;
let savedAt = 0;
let toldTimer = null;
let levels = null;
let pairing = null;
// Whether the page has found where the listener left off, or the listener has gone elsewhere.
let isPlaced = false;

// Show the current time everywhere on the page: the highlighted word, the clock, the chapter.
function show(isForced = false) {
  const { time } = sound;
  text.highlight(Math.round(time * 1000) + 1);
  if (isForced && text.sentence) autoScroll.bringIntoView(text.sentence.focus);
  showTime(time);
  const chapter = chapterAt(time);
  if (chapter !== here) showChapter(chapter);
}

function showTime(time) {
  const left = (until) => `−${clock((until - time) / sound.rate)}`;
  const times = { now: clock(time), left: left(duration), 'chapter-left': left(chapters[chapterAt(time)].end) };
  if (Object.entries(times).every(([id, text]) => get(id).textContent === text)) return;
  for (const [id, text] of Object.entries(times)) get(id).textContent = text;
  const seek = get('seek');
  if (!seek.matches(':active')) seek.value = time;
  seek.setAttribute('aria-valuetext', `${times.now} / ${clock(duration)}`);
}

// Scroll the list of chapters to one of them, and the column that contains the list, unless another of its panels is open.
function reveal(link) {
  const column = link.closest('.about');
  const boxes = column?.querySelector('.panel[open]:not(.chapters)') ? [] : [column];
  for (const box of [link.closest('nav'), ...boxes]) {
    if (!box) continue;
    const [outer, row] = [box.getBoundingClientRect(), link.getBoundingClientRect()];
    if (row.top < outer.top || row.bottom > outer.bottom) box.scrollTop += row.top - outer.top - outer.height / 3;
  }
}

function showChapter(chapter) {
  chapters[here]?.link.removeAttribute('aria-current');
  here = chapter;
  const { link, title } = chapters[here];
  link.setAttribute('aria-current', 'true');
  get('chapter').textContent = title;
  reveal(link);
  session.show({
    title,
    artist: document.querySelector('meta[name=author]')?.content ?? '',
    album: document.querySelector('h1').textContent,
    cover: document.querySelector('img.cover'),
  });
}

// Show one of the warnings, or none.
function warn(name) {
  const alert = get('alert');
  if (name) alert.textContent = alert.dataset[name];
  alert.hidden = !name;
}

// Jump to a time at the listener's request. The text scrolls along again.
function goTo(seconds) {
  isPlaced = true;
  sound.seek(seconds);
  autoScroll.set(true);
  remember();
  tellSession();
}

function goToChapter(chapter) {
  goTo(chapters[Math.max(0, Math.min(chapter, chapters.length - 1))].start);
}

// As in music players, the first press goes back to the start of the chapter, unless that was just passed.
const previousChapter = () => goToChapter(sound.time - chapters[here].start > 3 ? here : here - 1);
const nextChapter = () => here + 1 < chapters.length && goToChapter(here + 1);

function stepSentence(step) {
  const sentence = text.beside(Math.round(sound.time * 1000) + 1, step);
  if (sentence) goTo(sentence.start / 1000);
}

// A work that was heard to its end starts from the beginning next time.
const isOver = (seconds) => seconds >= duration - 1;

function remember() {
  savedAt = performance.now();
  if (!isPlaced) return;
  if (isOver(sound.time)) {
    markHeard();
    return;
  }
  const ms = Math.round(sound.time * 1000);
  const sentence = text.at(ms + 1);
  // Until its text has loaded, a remembered place is still needed.
  const isUnchanged = Math.abs(sound.time - readPosition().t) < 1;
  if (sentence) writePosition(sound.time, duration, placeOf(sentence, ms, chapters));
  else if (!isUnchanged) writePosition(sound.time, duration, null);
}

function tellSession() {
  session.place({ time: sound.time, duration, rate: sound.rate, playing: sound.playing });
}

const session = new Session({
  play: () => sound.play(),
  pause: () => sound.pause(),
  seekbackward: ({ seekOffset }) => goTo(sound.time - (seekOffset || BACK_S)),
  seekforward: ({ seekOffset }) => goTo(sound.time + (seekOffset || FORWARD_S)),
  seekto: ({ seekTime }) => goTo(seekTime),
  previoustrack: previousChapter,
  nexttrack: nextChapter,
});

function showPlaying() {
  const play = get('play');
  const { playing } = sound;
  play.classList.toggle('playing', playing);
  play.setAttribute('aria-label', playing ? play.dataset.pause : play.dataset.play);
  tellSession();
}

const actions = {
  ' ': () => sound.toggle(),
  k: () => sound.toggle(),
  ArrowLeft: () => goTo(sound.time - BACK_S),
  ArrowRight: () => goTo(sound.time + FORWARD_S),
  ShiftArrowLeft: () => stepSentence(-1),
  ShiftArrowRight: () => stepSentence(1),
  p: previousChapter,
  n: nextChapter,
  '-': () => levels.stepSpeed(-1),
  '+': () => levels.stepSpeed(1),
  c: () => sheet.open(),
  '/': () => sheet.open(get('find')),
  l: share,
  b: mark,
  m: () => levels.toggleMuted(),
  f: () => autoScroll.set(!autoScroll.on),
  s: () => pairing?.toggle(),
  '?': () => keysDialog.showModal(),
};

function listen() {
  sound.addEventListener('tick', () => {
    show();
    if (sound.playing && performance.now() - savedAt > SAVE_EVERY_MS) {
      remember();
      tellSession();
    }
  });
  for (const type of ['play', 'pause', 'ended']) sound.addEventListener(type, showPlaying);
  for (const type of ['pause', 'ended']) sound.addEventListener(type, remember);
  sound.addEventListener('play', () => {
    if (!sound.isStuck) warn(null);
    isArriving = false;
  });
  sound.addEventListener('rate', () => {
    show();
    tellSession();
  });
  sound.addEventListener('error', () => {
    sound.pause();
    warn('text');
  });
  sound.addEventListener('stuck', () => warn('stuck'));
  addEventListener('pagehide', remember);
  document.addEventListener('visibilitychange', () => document.hidden && remember());
  addEventListener('hashchange', () => arrive({ isOpening: false }));

  const presses = {
    play: actions[' '],
    back: actions.ArrowLeft,
    forward: actions.ArrowRight,
    previous: previousChapter,
    next: nextChapter,
    follow: () => {
      // The button disappears; the focus stays in the player.
      get('play').focus();
      autoScroll.set(true);
    },
    help: actions['?'],
    share,
    'marks-add': mark,
    'keys-close': () => keysDialog.close(),
    options: () => {
      const isOpen = bar.classList.toggle('open');
      get('options').setAttribute('aria-expanded', String(isOpen));
    },
  };
  for (const [id, press] of Object.entries(presses)) get(id).addEventListener('click', press);

  get('seek').addEventListener('input', ({ target }) => goTo(Number(target.value)));
  get('seek').addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -BACK_S, ArrowDown: -BACK_S, ArrowRight: FORWARD_S, ArrowUp: FORWARD_S }[event.key];
    if (!step) return;
    event.preventDefault();
    goTo(sound.time + step);
  });
  const keysUse = get('keys-use');
  keysUse.checked = readSettings().keys !== false;
  keysUse.addEventListener('change', () => changeSettings({ keys: keysUse.checked }));
  listenToKeys(actions, () => keysUse.checked);
  links.forEach((link, i) => {
    link.addEventListener('click', (event) => {
      event.preventDefault();
      goToChapter(i);
      if (sheet.isOpen) sheet.close();
      else if (!matchMedia('(min-width: 60rem)').matches) get('text').focus({ preventScroll: true });
    });
  });
  for (const link of document.querySelectorAll('.languages a'))
    link.addEventListener('click', () => {
      link.hash = placeHash(hereInText(), sound.playing);
    });
}

function hereInText() {
  const paragraph = text.sentence?.chapter === here ? text.sentence.paragraph : 0;
  return { chapter: here, chapters: chapters.length, paragraph, paragraphs: chapters[here].paragraphs };
}

// Go to the place that the address names, or else to where the listener left off.
async function arrive({ isOpening = true } = {}) {
  const asked = readHash(location.hash);
  const isAsked = asked.at || asked.p || asked.t !== null;
  if (isAsked) history.replaceState(null, '', location.pathname + location.search);
  else if (!isOpening) return;
  if (isAsked) startAt(asked.t ?? (await (asked.p ? timeOfSentence(asked.p) : timeOf(asked.at))));
  else await resume();
  isPlaced = true;
  if (asked.play) sound.play();
}

function startAt(seconds) {
  if (seconds !== sound.time && !isOver(seconds)) sound.seek(seconds);
  else show();
}

// Return the time of a place in another edition.
async function timeOf(at) {
  const place = samePlace(at, chapters.map(({ paragraphs }) => paragraphs));
  const ms = await parts.startOf(place.chapter, place.paragraph).catch(() => null);
  return ms === null ? chapters[place.chapter].start : ms / 1000;
}

// Return the time of a sentence, or of the last one before it if the paragraph has become shorter.
async function timeOfSentence({ chapter, paragraph, index }) {
  if (chapter >= chapters.length) return readPosition().t;
  const place = { chapter, paragraph, index };
  const ms = await parts.sentencesOf(chapter).then((all) => numbered(place, all)).catch(() => null);
  return ms === null || ms === undefined ? chapters[chapter].start : ms / 1000;
}

// Add a bookmark at the spoken sentence, and open the sheet for its note.
function mark() {
  const { sentence } = text;
  if (!sentence) return;
  sheet.open();
  marks.add(sentence.start / 1000, placeOf(sentence, sentence.start, chapters));
}

// Copy the address of the spoken sentence.
async function share() {
  const { sentence } = text;
  if (!sentence) return;
  await copy(location.href.replace(/#.*$/, '') + sentenceHash(sentence));
  tell(get('share').dataset.copied);
}

// Say something above the player for a moment.
function tell(message) {
  get('told').textContent = message;
  clearTimeout(toldTimer);
  toldTimer = setTimeout(() => {
    get('told').textContent = '';
  }, 2000);
}

// Go to where the listener left off: to the time first, and then to the place, which an edit may have moved.
async function resume() {
  const { t, place } = readPosition();
  startAt(t);
  const ms = place && (await findPlace(place, chapters, parts).catch(() => null));
  if (ms !== null && !isPlaced && Math.abs(ms / 1000 - t) > 0.02) sound.seek(ms / 1000);
}

// Let the listener choose another edition to read beside the text, where there are others.
function pairEditions() {
  if (!get('second')) return;
  const fields = { select: get('second'), openButton: get('second-open'), dialog: get('looks') };
  const links = [...document.querySelectorAll('.languages a:not([aria-current])')];
  const counts = chapters.map(({ paragraphs }) => paragraphs);
  pairing = new Pairing({ ...fields, links, own: get('text').lang, counts }, (second) => {
    text.setSecond(second);
    if (isPlaced) autoScroll.set(true);
  });
}

function begin() {
  // The sound's position decides what the page shows, not the browser's last scroll position.
  history.scrollRestoration = 'manual';
  get('chapters').open = matchMedia('(min-width: 60rem)').matches;
  new Sleep({ select: get('sleep'), left: get('sleep-left'), more: get('sleep-more') }, sound, (seconds) => chapters[chapterAt(seconds)]);
  listenToLooks(
    { dialog: get('looks'), button: get('looks-open'), closeButton: get('looks-close'), size: get('size'), width: get('width') },
    () => show(true),
  );
  pauseForOtherTabs(sound);
  pairEditions();
  levels = new Levels({ speed: get('speed'), volume: get('volume'), mute: get('mute') }, sound);
  listen();
  listenToCopying();
  new Keeping(
    { box: get('keep'), press: get('keep-press'), dropButton: get('keep-drop'), progress: get('keep-progress'), status: get('keep-status') },
    work.dataset.root,
  );
  bar.hidden = false;
  arrive();
}

begin();
