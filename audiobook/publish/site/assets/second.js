// Another edition beside the text: which of its paragraphs belong beside each paragraph, and which sentences are lit together.
import { Boxes, kindOf, lists } from './boxes.js';
import { scaled } from './editions.js';
import { lay } from './highlight.js';
import { Parts } from './parts.js';

const PATIENCE_MS = 10_000;
const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);

export class Second {
  #parts;
  #counts;
  #mainCounts;

  constructor(parts, counts, mainCounts, { lang, dir }) {
    this.#parts = parts;
    this.#counts = counts;
    this.#mainCounts = mainCounts;
    this.lang = lang;
    this.dir = dir;
  }

  // Open the edition that a link leads to; its page names its text. `mainCounts` has the number of paragraphs of each
  // chapter of the edition that is read.
  static async open(link, mainCounts) {
    const answer = await fetch(link.href.replace(/#.*$/, ''), { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const { read, parts } = page.getElementById('work').dataset;
    const counts = [...page.querySelectorAll('#chapters a')].map(({ dataset }) => Number(dataset.paragraphs));
    return new Second(new Parts(new URL(read, answer.url).href, parts), counts, mainCounts, link);
  }

  // Return the paragraphs that belong beside each paragraph of a section. Each belongs somewhere: where the numbers differ, by its
  // position in the chapter, or in the whole work if there are other chapters.
  async beside({ chapter, first, paragraphs }) {
    const isAlike = this.#counts.length === this.#mainCounts.length;
    const places = this.#counts.flatMap((count, other) =>
      isAlike && other !== chapter ? [] : Array.from({ length: count }, (_, paragraph) => ({ chapter: other, paragraph })),
    );
    const [begin, count] = isAlike
      ? [0, this.#mainCounts[chapter]]
      : [sum(this.#mainCounts.slice(0, chapter)), sum(this.#mainCounts)];
    const rows = paragraphs.map(() => []);
    for (const [i, place] of places.entries())
      rows[scaled(i, places.length, count) - begin - first]?.push(await this.#paragraph(place));
    return rows;
  }

  async #paragraph({ chapter, paragraph }) {
    const { sections } = await this.#parts.load(this.#parts.holding(chapter, paragraph));
    const section = sections.findLast((one) => one.chapter === chapter && one.first <= paragraph);
    return section.paragraphs[paragraph - section.first];
  }

  // Return an element with paragraphs of this edition, and the elements of their sentences.
  show(paragraphs) {
    const [box, spans] = [document.createElement('div'), []];
    Object.assign(box, { className: 'beside', lang: this.lang, dir: this.dir });
    for (const paragraph of paragraphs) {
      const element = document.createElement('p');
      element.className = kindOf(paragraph);
      lay(element, paragraph, () => {
        const span = document.createElement('span');
        span.className = 'twin';
        spans.push(span);
        return span;
      });
      new Boxes(box).put(element, lists(paragraph));
    }
    return { box, spans };
  }
}

// Tell sentences which elements of the other edition to light, and return the sentence of each element. Where one side has more
// sentences, several of them belong to one of the other side.
export function pair(sentences, spans) {
  const share = spans.length / sentences.length;
  sentences.forEach((sentence, i) => {
    const from = Math.floor(i * share);
    sentence.twins = spans.slice(from, Math.max(from + 1, Math.ceil((i + 1) * share)));
  });
  return spans.map((span, i) => [span, sentences[Math.floor(i / share)]]);
}
