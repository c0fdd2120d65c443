// The index: filters and sorts the works, and shows where the listener left off.
import { clock } from './clock.js';
import { listenToCopying } from './copy.js';
import { canKeep, keptPages } from './kept.js';
import { readPosition } from './memory.js';
import { listenToOrder } from './order.js';
import { plain } from './plain.js';

const filter = document.getElementById('filter');
const cards = [...document.querySelectorAll('.works > li')];

// Show an edition on a work's card: the one in the selected language.
function showEdition(card, edition) {
  const title = card.querySelector('h2 a');
  if (title.href === edition.href) return;
  title.textContent = edition.title;
  Object.assign(title.parentElement, { lang: edition.lang, dir: edition.dir });
  for (const link of card.querySelectorAll('h2 a, .card')) link.href = edition.href;
  card.querySelector('.cover').src = edition.dataset.cover;
}

function listenToFilter() {
  const [query, language] = [document.getElementById('query'), document.getElementById('language')];
  const known = cards.map((card) => {
    const editions = [...card.querySelectorAll('.editions a')];
    const authors = card.querySelector('.authors')?.textContent ?? '';
    return {
      card,
      first: editions[0],
      editions: new Map(editions.map((edition) => [edition.hreflang, edition])),
      words: plain([...editions.map(({ title }) => title), authors].join('\n')),
    };
  });
  const apply = () => {
    const wanted = plain(query.value).split(/\s+/);
    let isAny = false;
    for (const { card, first, editions, words } of known) {
      const isFound =
        (!language?.value || editions.has(language.value)) && wanted.every((word) => words.includes(word));
      card.hidden = !isFound;
      if (isFound) showEdition(card, editions.get(language?.value) ?? first);
      isAny ||= isFound;
    }
    document.getElementById('none').hidden = isAny;
  };
  filter.hidden = false;
  query.addEventListener('input', apply);
  language?.addEventListener('change', apply);
  apply();
}

function progressBar(seconds, of) {
  const bar = document.createElement('progress');
  Object.assign(bar, { max: of, value: seconds });
  return bar;
}

// Add a link to works that were begun, which resumes where the listener left off, and mark those that were heard.
function showPositions() {
  const { goOn, heard } = document.getElementById('all').dataset;
  for (const card of cards)
    for (const edition of card.querySelectorAll('.editions a')) {
      const { t: seconds, of, heard: isHeard } = readPosition(edition.pathname);
      if (seconds < 1 && !isHeard) continue;
      if (seconds < 1) {
        card.querySelector('.length').append(` · ✓ ${heard}`);
        break;
      }
      const link = document.createElement('a');
      link.className = 'go-on';
      link.href = edition.href;
      link.textContent = goOn.replace('{}', clock(seconds));
      card.querySelector('.length').append(' · ', link);
      if (of > seconds) card.querySelector('.card').append(progressBar(seconds, of));
      break;
    }
}

// Mark the works of which an edition is kept on this device.
async function showKept() {
  if (!(await canKeep())) return;
  const pages = new Set(await keptPages(new URL('.', location.href).href));
  for (const card of cards)
    if ([...card.querySelectorAll('.editions a')].some(({ href }) => pages.has(href) || pages.has(href.replace(/\.html$/, ''))))
      card.querySelector('.length').append(` · ${document.getElementById('all').dataset.kept}`);
}

showPositions();
showKept();
listenToCopying();
if (filter) {
  listenToFilter();
  listenToOrder(document.getElementById('order'), document.getElementById('all'), cards);
}
