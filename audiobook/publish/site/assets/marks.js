// Bookmarks with notes, kept in the browser for each edition and listed in the sheet.
import { readMarks, writeMarks } from './memory.js';
import { sentenceButton } from './row.js';

export class Marks {
  #list;
  #onPick;

  // `onPick` is called with the mark that was chosen: { t, place, note }.
  constructor(list, onPick) {
    this.#list = list;
    this.#onPick = onPick;
    this.#show();
  }

  // Add a mark, unless its sentence has one, and put the focus on its note.
  add(t, place) {
    const isSame = (mark) =>
      ['chapter', 'paragraph', 'index', 'text'].every((name) => mark.place[name] === place[name]);
    let marks = readMarks();
    if (!marks.some(isSame)) marks = writeMarks([...marks, { t, place, note: '' }]);
    this.#show();
    const row = this.#list.children[marks.findIndex(isSame)];
    row?.scrollIntoView({ block: 'nearest' });
    row?.querySelector('input').focus({ preventScroll: true });
  }

  #show() {
    this.#list.replaceChildren(...readMarks().map((mark) => this.#row(mark)));
  }

  #row(mark) {
    const [row, note, remove] = ['li', 'input', 'button'].map((name) => document.createElement(name));
    const { note: noteLabel, remove: removeLabel, say } = this.#list.dataset;
    const change = (changed) => writeMarks(readMarks().flatMap((one) => (one.t === mark.t ? changed(one) : [one])));
    Object.assign(note, { type: 'text', lang: say, value: mark.note, placeholder: noteLabel });
    note.setAttribute('aria-label', noteLabel);
    note.addEventListener('input', () => change((one) => [{ ...one, note: note.value }]));
    Object.assign(remove, { type: 'button', lang: say, textContent: removeLabel });
    remove.addEventListener('click', () => {
      const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector('button');
      change(() => []);
      row.remove();
      (next ?? this.#list.closest('dialog').querySelector('button')).focus();
    });
    row.append(sentenceButton(mark.place.text, mark.place.title, mark.t, () => this.#onPick(mark)), note, remove);
    return row;
  }
}
