// What is chosen for a work: its cost is told before it is saved.
import { cost, post, reason, tell } from './ask.js';
import { refreshSoon } from './studio.js';

const box = document.getElementById('choices');
const sound = document.getElementById('sound');
const { work } = box.dataset;
const by = (id) => document.getElementById(id);
let before = '';
let timer = null;
let turn = 0;

// Return the values of the fields with an attribute, by what it says.
function valuesOf(name, made = (value) => value) {
  return Object.fromEntries([...box.querySelectorAll(`[data-${name}]`)].map(({ dataset, value }) => [dataset[name], made(value)]));
}

function wanted() {
  const boxes = [...box.querySelectorAll('[name=chapter]')];
  const leftOut = boxes.filter(({ checked }) => !checked).map(({ value }) => Number(value));
  return {
    title: by('title').value.trim(),
    authors: by('authors').value.split(';').map((name) => name.trim()).filter(Boolean),
    narrator: by('narrator').value.trim(),
    voice: by('voice').value,
    speed: Number(by('speed').value) || 1,
    left_out: boxes.length ? leftOut : null,
    merged: boxes.length ? [...box.querySelectorAll('[name=merge]:checked')].map(({ value }) => Number(value)) : null,
    titles: boxes.length ? Object.fromEntries(Object.entries(valuesOf('title', (value) => value.trim())).filter(([, title]) => title)) : null,
    palette: box.querySelector('[name=palette]:checked').value,
    cast: valuesOf('role'),
    speakers: valuesOf('speaker'),
    kinds: [...box.querySelectorAll('[name=kind]:checked')].map(({ value }) => value),
    pauses: valuesOf('pause', (value) => (value === '' ? undefined : Math.round(Number(value)))),
  };
}

// A browser may have put back what was typed before the page was loaded again; the page shows what is in the files.
function begin() {
  box.querySelector('form').reset();
  before = JSON.stringify(wanted());
  delete box.dataset.dirty;
  tellBuild();
}

// Tell what the build button would cost, as long as there is something to build.
let toldFor = 0;
async function tellBuild() {
  const mine = (toldFor += 1);
  by('to-make').textContent = '';
  if (!document.querySelector('.work.head [data-state=stale]') || document.querySelector('.building:not([hidden])')) return;
  const answer = await post(`${work}/cost`, JSON.parse(before));
  const told = by('to-make');
  if (mine === toldFor && answer.ok) told.textContent = answer.clips ? `${cost(answer)}.` : 'A build needs no new clips.';
}

// One question at a time: counting a long book takes seconds, and saving must not wait for answers that nobody needs.
let counting = false;
async function tellCost() {
  const mine = (turn += 1);
  if (counting) return;
  counting = true;
  const answer = await post(`${work}/cost`, wanted());
  counting = false;
  if (!box.dataset.dirty) return;
  if (mine !== turn) return tellCost();
  by('wrong').textContent = answer.ok ? '' : reason(answer);
  by('save').disabled = !answer.ok;
  if (!answer.ok) by('cost').textContent = '';
  else if (!answer.clips) by('cost').textContent = 'Nothing needs to be spoken again.';
  else by('cost').textContent = `With these choices: ${cost(answer)}.`;
}

function changed() {
  const isDirty = JSON.stringify(wanted()) !== before;
  box.toggleAttribute('data-dirty', isDirty);
  if (isDirty) box.dataset.dirty = 'yes';
  by('save').disabled = by('undo').disabled = !isDirty;
  by('cost').textContent = isDirty ? 'Counting the clips to make …' : '';
  by('wrong').textContent = '';
  clearTimeout(timer);
  if (isDirty) timer = setTimeout(tellCost, 350);
}

async function loadAgain() {
  delete box.dataset.dirty;
  by('save').disabled = by('undo').disabled = true;
  by('cost').textContent = by('wrong').textContent = '';
  await refreshSoon();
}

box.addEventListener('input', ({ target }) => {
  if (target.id !== 'picture') changed();
});
box.addEventListener('reset', () => setTimeout(changed));
box.addEventListener('refreshed', begin);
document.getElementById('live').addEventListener('refreshed', tellBuild);
box.addEventListener('submit', async (event) => {
  event.preventDefault();
  clearTimeout(timer);
  by('save').disabled = true;
  by('cost').textContent = 'Saving …';
  const answer = await post(`${work}/save`, { wanted: wanted(), seen: box.querySelector('form').dataset.seen });
  if (!answer.ok) {
    by('cost').textContent = '';
    by('save').disabled = false;
    by('wrong').textContent = reason(answer);
    if (answer.status === 409) offerAgain();
    return;
  }
  tell('Saved in audiobook.toml.');
  await loadAgain();
  by('save').focus();
});

// The settings were changed by someone else: nothing of theirs is overwritten.
function offerAgain() {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Load the new version' });
  button.addEventListener('click', loadAgain);
  by('wrong').append(' ', button);
}

box.addEventListener('click', async ({ target }) => {
  if (target.matches('button.hear')) await hear(target);
  if (target.matches('button.take')) {
    by('voice').value = target.dataset.voice;
    changed();
    tell(`${by('voice').selectedOptions[0].textContent} is chosen. Save it below.`);
  }
  if (target.matches('button.pick')) await putCover(target.dataset.kind, null);
});

// Play a sample: of a voice in the list, or in the voice that is chosen for the text or for a role.
let asked = null;
async function hear(button) {
  asked = button.id;
  const { voice = '', as = '', by: speaker = '' } = button.dataset;
  button.disabled = true;
  sound.pause();
  const slow = setTimeout(() => tell('Speaking …'), 1500);
  const body = JSON.stringify({ wanted: wanted(), voice, role: as, speaker });
  const answer = await fetch(`${work}/sample`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(() => null);
  clearTimeout(slow);
  button.disabled = false;
  if (asked !== button.id) return; // another one was asked for meanwhile
  if (document.activeElement === document.body) button.focus();
  if (!answer?.ok) {
    tell(answer ? reason(await answer.json()) : 'The studio does not answer.');
    return;
  }
  if (as && !answer.headers.get('is-role')) tell('No part of the chosen chapters is spoken in this role; this is the beginning of the text.');
  if (sound.src) URL.revokeObjectURL(sound.src);
  sound.src = URL.createObjectURL(await answer.blob());
  await sound.play().catch(() => {});
}

async function putCover(kind, file) {
  const query = new URLSearchParams({ kind, seen: box.querySelector('form').dataset.seen });
  const answer = await fetch(`${work}/cover?${query}`, { method: 'POST', body: file }).catch(() => null);
  if (!answer?.ok) {
    tell(answer ? reason(await answer.json()) : 'The studio does not answer.');
    return;
  }
  box.querySelector('form').dataset.seen = (await answer.json()).seen;
  tell('The next build will use this cover.');
  if (!box.dataset.dirty) await loadAgain();
}

box.addEventListener('change', ({ target }) => {
  if (target.name === 'palette') by('drawn').src = `${work}/drawn?${new URLSearchParams({ palette: target.value })}`;
  if (target.id === 'picture' && target.files.length) putCover('own', target.files[0]);
});
addEventListener('beforeunload', (event) => {
  if (box.dataset.dirty) event.preventDefault();
});
begin();
