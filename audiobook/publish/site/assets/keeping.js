// The button that keeps the edition on this device, says how large it is first, and offers newer editions.
import { NoSpace, bytesToKeep, canKeep, drop, dropBegun, keep, newestPage, parsed, stateOf } from './kept.js';

const page = location.origin + location.pathname;

function spelled(bytes) {
  const digits = { maximumFractionDigits: bytes < 1e7 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: 'megabyte', ...digits }).format(bytes / 1e6);
}

export class Keeping {
  #box;
  #press;
  #drop;
  #progress;
  #status;
  #root;
  #stop = null;

  // `root` is the folder of the site.
  constructor({ box, press, dropButton, progress, status }, root) {
    this.#box = box;
    this.#press = press;
    this.#drop = dropButton;
    this.#progress = progress;
    this.#status = status;
    this.#root = new URL(root, page).href;
    press.addEventListener('click', () => (this.#stop ? this.#stop.abort() : this.#keep()));
    dropButton.addEventListener('click', async () => {
      await drop(page, this.#root);
      await this.#look();
      press.focus();
    });
    this.#look();
  }

  // Find out what is kept, and whether the site has a newer edition; without a network, it does not matter.
  async #look(message = '') {
    if (!(await canKeep())) return;
    const { keep: keepLabel, kept: keptLabel, newer, update } = this.#box.dataset;
    const { kept, isBegun } = await stateOf(page);
    const press = kept ? '' : keepLabel.replace('{}', spelled(await bytesToKeep(page, document)));
    this.#show(press, message || (kept ? keptLabel : ''), kept !== null || isBegun);
    const newest = kept && (await newestPage(page).catch(() => null));
    if (!newest || newest === kept || this.#stop) return;
    this.#show(update.replace('{}', spelled(await bytesToKeep(page, parsed(newest)))), message || newer, true);
  }

  #show(button, status, hasStored) {
    const isPressed = this.#press === document.activeElement;
    this.#box.hidden = false;
    this.#press.hidden = !button;
    this.#press.textContent = button;
    this.#drop.hidden = !hasStored;
    this.#progress.hidden = !this.#stop;
    this.#status.textContent = status;
    if (isPressed && !button) this.#drop.focus();
  }

  async #keep() {
    const { cancel, keeping, full, failed } = this.#box.dataset;
    const wasKept = (await stateOf(page)).kept !== null;
    const stop = new AbortController();
    this.#stop = stop;
    this.#progress.value = 0;
    this.#show(cancel, keeping, false);
    let message = '';
    try {
      await keep(page, this.#root, stop.signal, (share) => {
        this.#progress.value = share;
      });
    } catch (error) {
      if (!stop.signal.aborted) message = error instanceof NoSpace ? full : failed;
      else if (wasKept) await dropBegun(page);
      else await drop(page, this.#root);
    }
    this.#stop = null;
    // The page that is open may be another edition than the kept one.
    if (!message && !stop.signal.aborted && (wasKept || !(await this.#isOpen()))) location.reload();
    else await this.#look(message);
  }

  async #isOpen() {
    const { parts } = document.getElementById('work').dataset;
    return parsed((await stateOf(page)).kept).getElementById('work').dataset.parts === parts;
  }
}
