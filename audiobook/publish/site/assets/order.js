// Sorts the works of the index, and groups them by author or series. The choice is remembered.
import { changeSettings, readPosition, readSettings } from './memory.js';

const { compare } = new Intl.Collator(document.documentElement.lang, { numeric: true });
const order = (one, other) => (typeof one === 'number' ? one - other : compare(one, other));
const surname = (name) => name.split(/\s+/).at(-1);

// A group has a heading and a key to sort it by; within a group, works are sorted by `value` and then stay as they were.
const ORDERS = {
  title: {},
  author: { group: ({ author }) => author, key: surname },
  series: { group: ({ series }) => series, key: (series) => series, value: ({ place }) => place },
  length: { value: ({ length }) => length },
  played: { value: ({ played }) => played },
};

function detailsOf(card) {
  const { author, series, place, length } = card.dataset;
  const times = [...card.querySelectorAll('.editions a')].map(({ pathname }) => readPosition(pathname).at);
  return { card, author, series, place, length: Number(length), played: -Math.max(0, ...times) };
}

// Return the groups of works in an order: pairs of a heading and its cards. Works without the heading are last.
function grouped(details, { group = () => '', key = () => '', value = () => '' }) {
  const groups = new Map();
  for (const one of [...details].sort((one, other) => order(value(one), value(other)))) {
    const name = group(one);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(one.card);
  }
  const isLast = (name) => Number(name === '');
  return [...groups].sort(
    ([one], [other]) =>
      isLast(one) - isLast(other) || compare(key(one), key(other)) || compare(one, other),
  );
}

function section(name, cards, language) {
  const [box, heading, list] = ['section', 'h2', 'ul'].map((tag) => document.createElement(tag));
  box.className = 'group';
  list.className = 'works';
  heading.textContent = name;
  if (language) heading.lang = language;
  list.append(...cards);
  box.append(heading, list);
  return box;
}

// Sort the cards whenever another order is selected. `all` is the list that has them all when they are not grouped.
export function listenToOrder(select, all, cards) {
  const arrange = () => {
    const { [select.value]: chosen } = ORDERS;
    const groups = grouped(cards.map(detailsOf), chosen);
    document.querySelectorAll('.group').forEach((box) => box.remove());
    for (const card of cards) {
      const heading = card.querySelector('h2');
      if (chosen.group) heading.setAttribute('aria-level', '3');
      else heading.removeAttribute('aria-level');
    }
    for (const [name, those] of groups)
      if (chosen.group)
        all.before(section(name || all.dataset.others, those, select.value === 'series' && name ? those[0].querySelector('h2').lang : ''));
      else all.append(...those);
    all.hidden = Boolean(chosen.group);
  };
  const before = select.value;
  if (readSettings().order) select.value = readSettings().order;
  if (!select.value) select.value = before;
  select.addEventListener('change', () => {
    changeSettings({ order: select.value });
    arrange();
  });
  arrange();
}
