// The text and its times, fetched part by part.
import { lastUpTo } from './clock.js';

export class Parts {
  #base;
  #loads = new Map();

  // `starts` has the start of each part as milliseconds, chapter and paragraph, and digits of its digest, which are
  // in the name of its file: "0:0:0:9f2c1a2b 81200:3:0:17f8ef18".
  constructor(base, starts) {
    this.#base = base;
    this.list = starts.split(' ').map((part) => {
      const [start, chapter, first, digits] = part.split(':');
      return { start: Number(start), chapter: Number(chapter), first: Number(first), digits };
    });
  }

  at(ms) {
    return Math.max(0, lastUpTo(this.list, ms, (part) => part.start));
  }

  holding(chapter, paragraph) {
    const isUpTo = (part) => part.chapter < chapter || (part.chapter === chapter && part.first <= paragraph);
    return Math.max(0, this.list.findLastIndex(isUpTo));
  }

  load(number) {
    if (!this.#loads.has(number)) {
      const load = this.#fetch(number);
      load.catch(() => this.#loads.delete(number));
      this.#loads.set(number, load);
    }
    return this.#loads.get(number);
  }

  // Return when a paragraph, or the next spoken one in its chapter, starts in ms; null if there is none.
  async startOf(chapter, paragraph) {
    const { sections } = await this.load(this.holding(chapter, paragraph));
    for (const section of sections) {
      if (section.chapter !== chapter) continue;
      const later = section.paragraphs.slice(Math.max(0, paragraph - section.first));
      const spoken = later.find(({ sentences }) => sentences?.length);
      if (spoken) return spoken.sentences[0][2];
    }
    return null;
  }

  // Return the sentences of a chapter, each with the text of the one before it in the same part.
  async sentencesOf(chapter) {
    const found = [];
    const last = this.holding(chapter, Infinity);
    for (let number = this.holding(chapter, 0); number <= last; number += 1) found.push(...(await this.sentencesOfPart(number)));
    return found.filter((sentence) => sentence.chapter === chapter);
  }

  // Return the sentences of the part that has a paragraph.
  async sentencesAround(chapter, paragraph) {
    return this.sentencesOfPart(this.holding(chapter, paragraph));
  }

  async sentencesOfPart(number) {
    const found = [];
    for (const { chapter, first, paragraphs } of (await this.load(number)).sections)
      paragraphs.forEach(({ text, sentences = [] }, i) => {
        sentences.forEach(([from, to, start, end], index) => {
          const before = found.at(-1)?.text ?? '';
          found.push({ chapter, paragraph: first + i, index, text: text.slice(from, to), before, start, end });
        });
      });
    return found;
  }

  async #fetch(number) {
    const answer = await fetch(`${this.#base}${number}-${this.list[number].digits}.json`);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }
}
