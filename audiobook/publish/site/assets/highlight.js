// Highlights the spoken sentence and word. Words become elements only while their sentence is spoken.

// Fill an element with the text of a paragraph from `start` to `end`. Parts in other languages get a `lang`. Return the
// elements of each word in `words`.
export function fill(element, paragraph, start, end, words = []) {
  const cuts = new Set([start, end]);
  const foreign = (paragraph.foreign ?? []).filter(([from, to]) => from < end && to > start);
  for (const [from, to] of [...foreign, ...words]) cuts.add(Math.max(from, start)).add(Math.min(to, end));
  const edges = [...cuts].sort((one, other) => one - other);
  const elements = words.map(() => []);
  const nodes = [];
  let word = 0;
  for (let i = 0; i + 1 < edges.length; i += 1) {
    const [from, to] = [edges[i], edges[i + 1]];
    const text = paragraph.text.slice(from, to);
    while (word < words.length && words[word][1] <= from) word += 1;
    const isWord = word < words.length && words[word][0] <= from;
    const [, , language, direction] = foreign.find((part) => part[0] <= from && to <= part[1]) ?? [];
    if (!isWord && !language) {
      nodes.push(text);
      continue;
    }
    const span = document.createElement('span');
    span.textContent = text;
    if (language) {
      span.lang = language;
      span.dir = direction;
    }
    if (isWord) elements[word].push(span);
    nodes.push(span);
  }
  element.replaceChildren(...nodes);
  return elements;
}

// Fill an element with a paragraph. `spanOf` returns the element of each sentence, from its data and index; an empty one gets the
// sentence's text.
export function lay(element, paragraph, spanOf) {
  const between = (from, to) => {
    const holder = document.createElement('span');
    fill(holder, paragraph, from, to);
    return holder.childNodes;
  };
  let done = 0;
  for (const [index, data] of (paragraph.sentences ?? []).entries()) {
    const [from, to] = data;
    const span = spanOf(data, index);
    if (!span.firstChild) fill(span, paragraph, from, to);
    element.append(...between(done, from), span);
    done = to;
  }
  element.append(...between(done, paragraph.text.length));
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
    this.element = document.createElement('span');
    this.element.className = 'sentence';
    fill(this.element, paragraph, this.from, this.to);
  }

  highlight() {
    this.#spans = wordSpans(this.#words);
    this.#elements = fill(this.element, this.#paragraph, this.from, this.to, this.#spans);
    for (const element of [this.element, ...this.twins]) element.classList.add('now');
  }

  clear() {
    this.#current = null;
    this.#elements = [];
    for (const element of [this.element, ...this.twins]) element.classList.remove('now');
    fill(this.element, this.#paragraph, this.from, this.to);
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
