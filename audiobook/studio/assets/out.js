// The files of a work: their formats, and their folder.
import { cost, post, reason, tell } from './ask.js';

const box = document.getElementById('files');
const { work, label } = box.dataset;

function chosen() {
  const formats = [...box.querySelectorAll('[name=format]:checked')].map(({ value }) => value);
  return { formats, split: box.querySelector('#split').checked };
}

let before = '';
let usual = '';
const say = (text) => {
  box.querySelector('#formats-told').textContent = text;
};
function begin() {
  usual = box.querySelector('#formats-told')?.textContent ?? '';
  const form = box.querySelector('form');
  form?.reset(); // a browser may have put back what was ticked before the page was loaded again
  before = form ? JSON.stringify(chosen()) : '';
}

box.addEventListener('change', ({ target }) => {
  if (!target.closest('#formats')) return;
  const isDirty = JSON.stringify(chosen()) !== before;
  box.toggleAttribute('data-dirty', isDirty);
  if (isDirty) box.dataset.dirty = 'yes';
  box.querySelector('#build-formats').disabled = !isDirty;
  if (isDirty) tellCost();
  else say(usual);
});

// What is chosen is told with its cost before it is built.
let turn = 0;
async function tellCost() {
  const mine = (turn += 1);
  say('Counting what this would cost …');
  const answer = await post(`${work}/formats/cost`, chosen());
  if (mine !== turn || !box.dataset.dirty) return;
  if (!answer.ok) say(reason(answer));
  else if (answer.clips) say(`With these formats: ${cost(answer)}. ${usual}`);
  else say(`Nothing needs to be spoken for this. ${usual}`);
}

box.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await post('/builds', { labels: [label], ...chosen() });
  if (!answer.ok) return tell(reason(answer));
  before = JSON.stringify(chosen());
  delete box.dataset.dirty;
  box.querySelector('#build-formats').disabled = true;
  document.querySelector('h1').scrollIntoView({ block: 'center' });
  tell('Building these formats.');
});

box.addEventListener('click', async ({ target }) => {
  if (target.id !== 'open-folder') return;
  const answer = await post(`${work}/open`, {});
  if (!answer.ok) tell(reason(answer));
});
box.addEventListener('refreshed', begin);
begin();
