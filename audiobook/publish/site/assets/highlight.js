// Highlights the spoken sentence and word. Words become elements only while their sentence is spoken.

const STYLES = new Set(['em', 'strong', 'code', 'sup', 'sub']);

function styled(name) {
  return document.createElement(STYLES.has(name) ? name : 'span');
}

function linked(address) {
  const link = document.createElement('a');
  if (/^(https?:\/\/|mailto:)/i.test(address)) Object.assign(link, { href: address, target: '_blank', rel: 'noopener noreferrer' });
  return link;
}

function foreign(lang, dir) {
  return Object.assign(document.createElement('span'), { lang, dir });
}

// Fill an element with the text of a paragraph from `start` to `end`, with its links, styles and other languages. Return the
// elements of each word in `words`.
export function fill(element, paragraph, start, end, words = []) {
  const elements = words.map(() => []);
  const word = (i) => {
    elements[i].push(document.createElement('span'));
    return elements[i].at(-1);
  };
  // In this order from the outside in.
  const parts = [
    ...(paragraph.links ?? []).map(([from, to, address]) => ({ from, to, make: () => linked(address) })),
    ...(paragraph.styles ?? []).map(([from, to, name]) => ({ from, to, make: () => styled(name) })),
    ...(paragraph.foreign ?? []).map(([from, to, lang, dir]) => ({ from, to, make: () => foreign(lang, dir) })),
    ...words.map(([from, to], i) => ({ from, to, make: () => word(i) })),
  ].filter(({ from, to }) => from < end && to > start);
  const cuts = new Set([start, end]);
  for (const { from, to } of parts) cuts.add(Math.max(from, start)).add(Math.min(to, end));
  const edges = [...cuts].sort((one, other) => one - other);
  const filled = document.createDocumentFragment();
  let open = [];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const around = parts.filter(({ from, to }) => from <= edges[i] && edges[i + 1] <= to);
    const first = around.findIndex((part, depth) => open[depth]?.part !== part);
    open = open.slice(0, first < 0 ? around.length : first);
    for (const part of around.slice(open.length)) {
      const made = part.make();
      (open.at(-1)?.made ?? filled).append(made);
      open.push({ part, made });
    }
    (open.at(-1)?.made ?? filled).append(paragraph.text.slice(edges[i], edges[i + 1]));
  }
  // A link that has the focus keeps it.
  const links = () => [...element.querySelectorAll('a')];
  const focused = links().indexOf(document.activeElement);
  element.replaceChildren(filled);
  links()[focused]?.focus({ preventScroll: true });
  return elements;
}

// Fill an element with a paragraph from `start` to `end`. `spanOf` returns the element of each sentence, or of the part of it that
// is there, from its data, index, start and end; an empty one gets the text.
export function lay(element, paragraph, spanOf, start = 0, end = paragraph.text.length) {
  const between = (from, to) => {
    const holder = document.createElement('span');
    if (from < to) fill(holder, paragraph, from, to);
    return holder.childNodes;
  };
  let done = start;
  for (const [index, data] of (paragraph.sentences ?? []).entries()) {
    const [from, to] = [Math.max(data[0], done), Math.min(data[1], end)];
    if (from >= to) continue;
    const span = spanOf(data, index, from, to);
    if (!span.firstChild) fill(span, paragraph, from, to);
    element.append(...between(done, from), span);
    done = to;
  }
  element.append(...between(done, end));
}

// Return the words' spans in the text. Several spoken words may be one on the page ("1990"): overlapping spans are merged.
function wordSpans(flat) {
  const spans = [];
  for (let i = 0; i < flat.length; i += 3) spans.push([flat[i], flat[i] + flat[i + 1]]);
  spans.sort((one, other) => one[0] - other[0]);
  const merged = [];
  for (const [from, to] of spans) {
    const last = merged.at(-1);
    if (last && from < last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export class Sentence {
  #paragraph;
  #words;
  #spans = null;
  #elements = [];
  #current = null;
  // Its parts on the page: several for one that goes through the cells of a table.
  #pieces = [];
  // Elements in the edition beside the text that are lit with this sentence.
  twins = [];

  constructor(paragraph, data, place) {
    [this.from, this.to, this.start, this.end, this.#words] = data;
    this.#paragraph = paragraph;
    this.chapter = place.chapter;
    this.paragraph = place.paragraph;
    this.index = place.index;
    this.before = place.before;
    this.text = paragraph.text.slice(this.from, this.to);
  }

  // Return an element with the part of it from `from` to `to`.
  show(from, to) {
    const element = document.createElement('span');
    element.className = 'sentence';
    fill(element, this.#paragraph, from, to);
    this.#pieces.push({ from, to, element });
    return element;
  }

  get element() {
    return this.#pieces[0].element;
  }

  highlight() {
    this.#spans = wordSpans(this.#words);
    this.#elements = this.#spans.map(() => []);
    for (const { from, to, element } of this.#pieces)
      fill(element, this.#paragraph, from, to, this.#spans).forEach((found, word) => this.#elements[word].push(...found));
    this.#light(true);
  }

  clear() {
    this.#current = null;
    this.#elements = [];
    this.#light(false);
    for (const { from, to, element } of this.#pieces) fill(element, this.#paragraph, from, to);
  }

  #light(isLit) {
    for (const element of [...this.#pieces.map((piece) => piece.element), ...this.twins]) element.classList.toggle('now', isLit);
  }

  // Highlight the word spoken at a time. Return whether it is another word than before.
  highlightWord(ms) {
    let first = null;
    for (let i = 0; i < this.#words.length && this.start + this.#words[i + 2] <= ms; i += 3) first = this.#words[i];
    const word = first === null ? -1 : this.#spans.findIndex(([from, to]) => from <= first && first < to);
    if (word === this.#current) return false;
    for (const element of this.#elements[this.#current] ?? []) element.classList.remove('word');
    for (const element of this.#elements[word] ?? []) element.classList.add('word');
    this.#current = word;
    return true;
  }

  // The element to scroll to: the highlighted word, or else the sentence.
  get focus() {
    return this.#elements[this.#current]?.[0] ?? this.element;
  }
}
