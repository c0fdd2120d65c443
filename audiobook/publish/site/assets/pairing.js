// The choice of an edition to show beside the text. It is remembered as a pair of languages for all works that have both.
import { changeSettings, readSettings } from './memory.js';
import { Second } from './second.js';

export class Pairing {
  #select;
  #links;
  #own;
  #counts;
  #onChange;

  // `own` is the language of the text, `counts` the number of paragraphs of its chapters. `onChange` is called with a promise of
  // the edition to show, or with null.
  constructor({ select, openButton, dialog, links, own, counts }, onChange) {
    this.#select = select;
    this.#links = links;
    this.#own = own;
    this.#counts = counts;
    this.#onChange = onChange;
    const wanted = (readSettings().second ?? []).find((tag) => tag !== own);
    if (links.some(({ hreflang }) => hreflang === wanted)) select.value = wanted;
    select.addEventListener('change', () => this.#change());
    openButton.hidden = false;
    openButton.addEventListener('click', () => {
      dialog.showModal();
      select.focus();
    });
    if (select.value) this.#show();
  }

  // Show the edition that was shown last, or the first one; or none if one is shown.
  toggle() {
    const last = [...this.#select.options].at(this.#select.dataset.last ?? 1);
    this.#select.dataset.last = this.#select.selectedIndex || 1;
    this.#select.value = this.#select.value ? '' : last.value;
    this.#change();
  }

  #change() {
    changeSettings({ second: this.#select.value ? [this.#select.value, this.#own] : [] });
    this.#show();
  }

  #show() {
    const link = this.#links.find(({ hreflang }) => hreflang === this.#select.value);
    this.#onChange(link ? Second.open(link, this.#counts) : null);
  }
}
