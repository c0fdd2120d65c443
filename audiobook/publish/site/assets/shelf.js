// The page of all works: a filter, and where the listener was.
import { clock } from './clock.js';
import { listenToCopying } from './copy.js';
import { readPosition } from './memory.js';

const filter = document.getElementById('filter');
const cards = [...document.querySelectorAll('.works > li')];

const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

function listenToFilter() {
  const [query, language] = [document.getElementById('query'), document.getElementById('language')];
  const known = cards.map((card) => {
    const editions = [...card.querySelectorAll('.editions a')];
    const authors = card.querySelector('.authors')?.textContent ?? '';
    return {
      card,
      languages: new Set(editions.map(({ hreflang }) => hreflang)),
      words: plain([...editions.map(({ title }) => title), authors].join('\n')),
    };
  });
  const apply = () => {
    const wanted = plain(query.value).split(/\s+/);
    let isAny = false;
    for (const { card, languages, words } of known) {
      const isFound =
        (!language.value || languages.has(language.value)) && wanted.every((word) => words.includes(word));
      card.hidden = !isFound;
      isAny ||= isFound;
    }
    document.getElementById('none').hidden = isAny;
  };
  filter.hidden = false;
  query.addEventListener('input', apply);
  language.addEventListener('change', apply);
  apply();
}

// Under a work that was begun stands where it was left.
function showPositions() {
  const words = document.querySelector('.works').dataset.goOn;
  for (const card of cards)
    for (const edition of card.querySelectorAll('.editions a')) {
      const seconds = readPosition(edition.pathname);
      if (seconds < 1) continue;
      const link = document.createElement('a');
      link.className = 'go-on';
      link.href = edition.href;
      link.textContent = words.replace('{}', clock(seconds));
      card.querySelector('.length').append(' · ', link);
      break;
    }
}

showPositions();
listenToCopying();
if (filter) listenToFilter();
