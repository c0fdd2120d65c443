// Adding texts: files that are chosen, or dropped anywhere on the page.
import { reason, tell } from './ask.js';

const input = document.getElementById('files');
const list = document.getElementById('received');
const most = Number(document.getElementById('main').dataset.most);

// Send a file, and call `moved` with the share that has been sent.
function send(file, language, moved) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ name: file.name, language });
    request.open('POST', `/texts?${query}`);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => moved(loaded / total));
    const failed = { ok: false, message: 'the upload was cut off, so nothing was kept', hint: '' };
    request.addEventListener('load', () => resolve({ ok: request.status === 200, ...(request.response ?? failed) }));
    request.addEventListener('error', () => resolve(failed));
    request.send(file);
  });
}

function askLanguage(file, guess) {
  const dialog = document.getElementById('ask-language');
  document.getElementById('ask-language-name').textContent = file.name;
  const field = document.getElementById('language');
  field.value = guess;
  dialog.returnValue = '';
  dialog.showModal();
  field.select();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'ok' ? field.value.trim() : ''), { once: true });
  });
}

async function add(file) {
  const row = document.createElement('li');
  const name = Object.assign(document.createElement('strong'), { textContent: file.name });
  const told = document.createElement('span');
  row.append(name, ' ', told);
  list.prepend(row);
  const say = (text) => {
    told.textContent = text;
  };
  if (file.size > most) return say(`is larger than ${most >> 20} MB`);
  const moved = (share) => say(share < 1 ? `${Math.round(share * 100)} % sent` : 'reading …');
  say('sending …');
  let answer = await send(file, '', moved);
  if (answer.ok && !answer.label) {
    const language = await askLanguage(file, answer.guess);
    if (!language) return say('was not added');
    answer = await send(file, language, moved);
  }
  row.classList.toggle('warn', !answer.ok);
  // The name of the file stands in front of the row already; a path to the text that is there does not.
  const own = `${file.name}: `;
  const why = answer.ok ? '' : reason(answer);
  if (why) return say(why.startsWith(own) ? why.slice(own.length) : why);
  const link = Object.assign(document.createElement('a'), { href: answer.address, textContent: 'see what was found' });
  told.replaceChildren(answer.is_new ? 'was added: ' : 'is there already: ', link);
  tell(`${file.name} was read.`);
}

async function addAll(files) {
  for (const file of files) await add(file);
}

input.addEventListener('change', async () => {
  const files = [...input.files];
  input.value = '';
  await addAll(files);
});

const body = document.body;
addEventListener('dragover', (event) => {
  if (![...event.dataTransfer.types].includes('Files')) return;
  event.preventDefault();
  body.classList.add('dropping');
});
addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) body.classList.remove('dropping');
});
addEventListener('drop', (event) => {
  body.classList.remove('dropping');
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  addAll([...event.dataTransfer.files]);
});
