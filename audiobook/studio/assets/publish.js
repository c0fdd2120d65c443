// Publishing: a preview, the address, and sending after a look at what would be sent.
import { post, reason, tell } from './ask.js';
import { stream, told as last } from './events.js';
import { refreshSoon } from './studio.js';

const box = document.getElementById('live');
const by = (id) => document.getElementById(id);
const result = by('publish-result');
const doing = { publish: 'Publishing …', look: 'Checking what would be sent …', send: 'Sending …' };
// The destination whose files were looked at, by its id: only there can something be sent.
let looked = '';
let asked = '';

function line(text, kind = 'p') {
  return Object.assign(document.createElement(kind), { textContent: text });
}

function link(address, text) {
  return Object.assign(document.createElement('a'), { href: address, textContent: text, target: '_blank', rel: 'noopener' });
}

const files = (count) => `${count} file${count === 1 ? '' : 's'}`;

function told({ done, answer }) {
  if (!answer) return [];
  const rows = [];
  if (done === 'publish') rows.push(line(`Published: ${files(answer.written_count)} new or changed, ${answer.withdrawn_count} withdrawn.`));
  if (done === 'look') rows.push(line(`${files(answer.sent_count)} would be sent to ${answer.to}.`));
  if (done === 'send') rows.push(line(`${files(answer.sent_count)} sent to ${answer.to}.`));
  const list = document.createElement('ul');
  list.className = 'files';
  list.append(...(done === 'publish' ? answer.feeds : answer.sent ?? []).map((name) => line(name, 'li')));
  if (answer.stale_count) rows.push(line(`Works that have changed since they were built: ${answer.stale_count}.`));
  return [...rows, list];
}

function show(state) {
  result.replaceChildren(...(state.doing ? [line(doing[state.doing])] : told(state)));
  for (const message of state.messages) result.append(Object.assign(line(message), { className: 'warn' }));
  if (!state.doing) looked = state.done === 'look' && state.answer?.sent_count ? asked : '';
  setButtons(Boolean(state.doing));
}

function setButtons(isBusy) {
  for (const button of box.querySelectorAll('.send')) button.disabled = isBusy || !looked || button.parentElement.dataset.to !== looked;
}

const actions = {
  async preview(button) {
    button.disabled = true;
    const answer = await post('/publish/preview', {});
    button.disabled = false;
    button.focus();
    if (!answer.ok) return tell(reason(answer));
    by('preview-links').replaceChildren(link(answer.site, 'The site'), ...answer.feeds.flatMap((feed) => [' · ', link(feed, `Feed ${new URL(feed).pathname.slice(1)}`)]));
    return tell('The preview is ready.');
  },
  async publish() {
    const answer = await post('/publish', {});
    if (!answer.ok) tell(reason(answer));
  },
  async look(button) {
    asked = button.parentElement.dataset.to;
    const answer = await post('/publish/send', { to: asked, is_trial: true });
    if (!answer.ok) tell(reason(answer));
  },
  async send(button) {
    const { to } = button.parentElement.dataset;
    looked = '';
    setButtons(true);
    const answer = await post('/publish/send', { to, is_trial: false });
    if (!answer.ok) tell(reason(answer));
  },
};

box.addEventListener('click', ({ target }) => {
  const button = target.closest('button');
  const action = actions[button?.id] ?? actions[button?.classList[0]];
  if (action) action(button);
});
box.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await post('/publish/address', { base_url: by('base-url').value, seen: by('address-form').dataset.seen });
  by('address-wrong').textContent = answer.ok ? '' : reason(answer);
  if (!answer.ok) return;
  delete box.dataset.dirty;
  await refreshSoon();
  by('save-address').focus();
  tell('Saved in audiobook.toml.');
});
box.addEventListener('input', () => {
  box.dataset.dirty = 'yes';
});
box.addEventListener('refreshed', () => setButtons(false));
stream.addEventListener('publishing', ({ data }) => show(JSON.parse(data)));
if (last.publishing) show(JSON.parse(last.publishing));
