// The text on the page: loads and shows its parts, and tells the spoken sentence to highlight itself.
import { Boxes, kindOf, lists, picture, reach, row } from './boxes.js';
import { lastUpTo } from './clock.js';
import { Sentence, lay } from './highlight.js';
import { pair } from './second.js';

export class Text {
  #root;
  #parts;
  #shown = new Map();
  #body = document.createElement('div');
  #earlier = document.createElement('button');
  #message = document.createElement('p');
  #end = document.createElement('div');
  #wanted = null;
  #sentence = null;
  #bySpan = new WeakMap();
  #second = null;
  #observer = null;

  // `onPick` is called with a sentence that was clicked, `onHighlight` with the spoken one whenever it or its word changes,
  // `onAlone` when the edition beside the text cannot be loaded.
  constructor(root, parts, { onPick, onHighlight, onAlone }) {
    this.#root = root;
    this.#parts = parts;
    this.onHighlight = onHighlight;
    this.onAlone = onAlone;
    this.#earlier.type = 'button';
    this.#earlier.className = 'earlier';
    this.#earlier.lang = root.dataset.say;
    this.#earlier.textContent = root.dataset.earlier;
    this.#earlier.hidden = true;
    this.#earlier.addEventListener('click', () => this.#prepend());
    this.#message.className = 'message';
    this.#message.lang = root.dataset.say;
    this.#message.setAttribute('role', 'status');
    this.#message.textContent = root.dataset.loading;
    root.replaceChildren(this.#earlier, this.#body, this.#message, this.#end);
    this.#body.addEventListener('click', (event) => {
      const sentence = this.#bySpan.get(event.target.closest('.sentence, .twin'));
      if (sentence && !event.target.closest('a[href]') && getSelection().isCollapsed) onPick(sentence);
    });
    this.#watch();
  }

  get sentence() {
    return this.#sentence;
  }

  // Show another edition beside the text, given as a promise, or none. The next call of `highlight` loads the text again.
  setSecond(second) {
    this.#second = second;
    this.#wanted = null;
    this.#clear();
  }

  // Return the sentence spoken at a time, or null if it is not on the page.
  at(ms) {
    const { sentences } = this.#shown.get(this.#parts.at(ms)) ?? { sentences: [] };
    return sentences[lastUpTo(sentences, ms, ({ start }) => start)] ?? null;
  }

  // Highlight the sentence and word spoken at a time. A part that is not on the page is fetched first.
  highlight(ms) {
    const number = this.#parts.at(ms);
    const part = this.#shown.get(number);
    if (!part) {
      this.#want(number, ms);
      return;
    }
    this.#wanted = null;
    const sentence = this.at(ms);
    const isOther = sentence !== this.#sentence;
    if (isOther) {
      this.#sentence?.clear();
      sentence?.highlight();
      this.#sentence = sentence;
    }
    const isOtherWord = sentence?.highlightWord(ms) ?? false;
    if (sentence && (isOther || isOtherWord)) this.onHighlight(sentence);
  }

  // Return the sentence before (-1) or after (1) the one at a time, among those on the page.
  beside(ms, step) {
    const all = [...this.#shown.values()].flatMap(({ sentences }) => sentences);
    const here = lastUpTo(all, ms, ({ start }) => start);
    // As in music players, the first press goes back to the start of the sentence, unless that was just passed.
    const isJustBegun = here >= 0 && ms - all[here].start < 1500;
    return all[step > 0 ? here + 1 : here - (isJustBegun ? 1 : 0)] ?? null;
  }

  async #want(number, ms) {
    const isUnderWay = this.#wanted?.number === number;
    this.#wanted = { number, ms };
    if (isUnderWay) return;
    const part = await this.#load(number);
    if (!part || this.#wanted?.number !== number) return;
    const numbers = [...this.#shown.keys()];
    if (number !== numbers.at(-1) + 1) this.#clear();
    this.#append(number, part);
    this.highlight(this.#wanted.ms);
  }

  async #load(number) {
    const second = this.#second;
    try {
      const [part, beside] = await Promise.all([this.#parts.load(number), this.#loadBeside(number, second)]);
      if (second !== this.#second) return null;
      this.#message.hidden = true;
      return { sections: part.sections, ...beside };
    } catch {
      if (second === this.#second) this.#fail(number);
      return null;
    }
  }

  // Return the other edition, and its paragraphs for each section of a part; null if there is none, or if it fails to load.
  async #loadBeside(number, promise) {
    try {
      const second = await promise;
      if (!second) return null;
      const { sections } = await this.#parts.load(number);
      return { second, rows: await Promise.all(sections.map((section) => second.beside(section))) };
    } catch {
      if (promise === this.#second) this.onAlone();
      return null;
    }
  }

  #fail(number) {
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = this.#root.dataset.retry;
    again.addEventListener('click', async () => {
      const ms = this.#wanted?.ms;
      this.#wanted = null;
      if (ms === undefined) await this.#next();
      else this.#want(number, ms);
    });
    this.#message.replaceChildren(`${this.#root.dataset.failed} `, again);
    this.#message.hidden = false;
  }

  #clear() {
    this.#sentence?.clear();
    this.#sentence = null;
    this.#shown.clear();
    this.#body.replaceChildren();
  }

  #append(number, part) {
    const made = this.#make(part);
    this.#shown.set(number, made);
    this.#body.append(made.element);
    reach(made.element);
    this.#earlier.hidden = Math.min(...this.#shown.keys()) === 0;
    this.#watch();
  }

  async #prepend() {
    const number = Math.min(...this.#shown.keys()) - 1;
    const part = await this.#load(number);
    if (!part || !this.#shown.has(number + 1) || this.#shown.has(number)) return;
    const made = this.#make(part);
    this.#shown = new Map([[number, made], ...this.#shown]);
    const before = this.#body.getBoundingClientRect().height;
    const y = scrollY;
    this.#body.prepend(made.element);
    reach(made.element);
    this.#earlier.hidden = number === 0;
    // Not every browser keeps the text being read in place.
    scrollTo({ top: y + this.#body.getBoundingClientRect().height - before, behavior: 'instant' });
  }

  async #next() {
    const number = [...this.#shown.keys()].at(-1) + 1;
    if (!(number < this.#parts.list.length)) return;
    const part = await this.#load(number);
    if (part && this.#shown.has(number - 1) && !this.#shown.has(number)) this.#append(number, part);
  }

  // Show the next part when the reader approaches the end of the last one.
  #watch() {
    this.#observer?.disconnect();
    this.#observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting) && this.#shown.size) this.#next();
      },
      { rootMargin: '0px 0px 600px 0px' },
    );
    this.#observer.observe(this.#end);
  }

  #make({ sections, second, rows }) {
    const element = document.createElement('div');
    const sentences = [];
    if (second) element.className = 'paired';
    const groups = [];
    sections.forEach(({ chapter, level, first, paragraphs }, number) => {
      const section = document.createElement('section');
      section.dataset.chapter = chapter;
      const boxes = new Boxes(section);
      paragraphs.forEach((paragraph, i) => {
        const done = sentences.length;
        const place = { chapter, paragraph: first + i };
        if (!second) {
          boxes.put(this.#paragraph(paragraph, level, place, sentences, { hasCells: true }), paragraph.within);
          return;
        }
        // Each paragraph is a row of the page, so that it is beside that of the other edition.
        new Boxes(section).put(this.#paragraph(paragraph, level, place, sentences), lists(paragraph));
        const { box, spans } = second.show(rows[number][i]);
        section.append(box);
        // A paragraph with nothing beside it is lit together with those above it.
        if (!groups.length || spans.length) groups.push({ sentences: [], spans: [] });
        groups.at(-1).sentences.push(...sentences.slice(done));
        groups.at(-1).spans.push(...spans);
      });
      element.append(section);
    });
    for (const group of groups)
      for (const [span, sentence] of pair(group.sentences, group.spans)) this.#bySpan.set(span, sentence);
    return { element, sentences };
  }

  #paragraph(paragraph, level, place, sentences, { hasCells = false } = {}) {
    const { kind = 'text', cells } = paragraph;
    let sentence = null;
    const show = (data, index, from, to) => {
      if (sentence?.index !== index) {
        sentence = new Sentence(paragraph, data, { ...place, index, before: sentences.at(-1)?.text ?? '' });
        sentences.push(sentence);
      }
      const span = sentence.show(from, to);
      this.#bySpan.set(span, sentence);
      return span;
    };
    if (hasCells && cells) return row(paragraph, (cell, from, to) => lay(cell, paragraph, show, from, to));
    const element = document.createElement(kind === 'heading' ? `h${Math.min(level + 1, 6)}` : 'p');
    if (kind !== 'heading') element.className = kindOf(paragraph);
    lay(element, paragraph, show);
    picture(element, paragraph);
    return element;
  }
}
