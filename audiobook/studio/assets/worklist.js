// The list of all marks of a work.
import { post, reason, tell } from './ask.js';
import { refreshSoon } from './studio.js';

const box = document.getElementById('live');
const { work } = box.dataset;

box.addEventListener('click', async ({ target }) => {
  const button = target.closest('.fix, .drop');
  if (!button) return;
  const row = button.closest('.task');
  const { id } = row.dataset;
  const isDrop = button.classList.contains('drop');
  const after = row.nextElementSibling ?? row.previousElementSibling;
  const next = after?.querySelector('.fix')?.id;
  button.disabled = true;
  const answer = await post(`${work}/marks/${isDrop ? 'drop' : 'change'}`, isDrop ? { id } : { id, fixed: Boolean(button.dataset.fixed) });
  if (!answer.ok) tell(reason(answer));
  await refreshSoon();
  (document.getElementById(next) ?? document.querySelector('#live .fix, #live summary, a.home'))?.focus();
});
