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

  async #fetch(number) {
    const answer = await fetch(`${this.#base}${number}-${this.list[number].digits}.json`);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }
}
