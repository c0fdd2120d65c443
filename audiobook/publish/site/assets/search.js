// The search in the text of a work. Its results replace the list of chapters in the sheet.
import { plain } from './plain.js';
import { sentenceButton } from './row.js';

const AT_ONCE = 200;
const TYPING_MS = 200;

export class Search {
  #field;
  #results;
  #status;
  #chapterList;
  #parts;
  #chapters;
  #onPick;
  #wait = null;
  #turn = 0;

  // `onPick` is called with the sentence that was chosen.
  constructor({ field, results, status, chapterList }, parts, chapters, onPick) {
    this.#field = field;
    this.#results = results;
    this.#status = status;
    this.#chapterList = chapterList;
    this.#parts = parts;
    this.#chapters = chapters;
    this.#onPick = onPick;
    field.addEventListener('input', () => {
      clearTimeout(this.#wait);
      this.#wait = setTimeout(() => this.#look(), TYPING_MS);
    });
  }

  clear() {
    this.#field.value = '';
    this.#look();
  }

  async #look() {
    clearTimeout(this.#wait);
    this.#turn += 1;
    const [turn, wanted] = [this.#turn, plain(this.#field.value).trim().replace(/\s+/g, ' ')];
    this.#chapterList.hidden = wanted !== '';
    this.#results.hidden = wanted === '';
    this.#results.replaceChildren();
    this.#status.textContent = '';
    if (wanted) await this.#list(wanted, () => turn === this.#turn);
  }

  // List the sentences with the wanted words, part by part, until the field changes. After many, the rest waits for a
  // scroll to the end of the list.
  async #list(wanted, isCurrent) {
    const { none, failed } = this.#status.dataset;
    let limit = AT_ONCE;
    for (let number = 0; number < this.#parts.list.length; number += 1) {
      const sentences = await this.#parts.sentencesOfPart(number).catch(() => null);
      if (!isCurrent()) return;
      if (!sentences) {
        this.#status.textContent = failed;
        return;
      }
      for (const sentence of sentences)
        if (plain(sentence.text).replace(/\s+/g, ' ').includes(wanted)) this.#results.append(this.#result(sentence));
      if (this.#results.childElementCount >= limit) {
        await this.#scrolledToEnd();
        limit = this.#results.childElementCount + AT_ONCE;
      }
    }
    if (!this.#results.childElementCount) this.#status.textContent = none;
  }

  #scrolledToEnd() {
    const list = this.#results;
    return new Promise((resolve) => {
      const look = () => {
        if (list.scrollTop + 2 * list.clientHeight < list.scrollHeight) return;
        list.removeEventListener('scroll', look);
        resolve();
      };
      list.addEventListener('scroll', look);
    });
  }

  #result(sentence) {
    const row = document.createElement('li');
    const { title } = this.#chapters[sentence.chapter];
    row.append(sentenceButton(sentence.text, title, sentence.start / 1000, () => this.#onPick(sentence)));
    return row;
  }
}
