// The sheet with the chapters, which opens from the player at any place of the page. It borrows the page's own list.
export class Sheet {
  #dialog;
  #list;
  #home;
  #onOpen;

  // `onOpen` is called when the list has moved into the sheet, `onClose` when it is back on the page.
  constructor(dialog, list, { button, closeButton, onOpen, onClose }) {
    this.#dialog = dialog;
    this.#list = list;
    this.#home = list.parentElement;
    this.#onOpen = onOpen;
    button.addEventListener('click', () => this.open());
    closeButton.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      this.#home.append(list);
      onClose();
    });
    dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close());
  }

  get isOpen() {
    return this.#dialog.open;
  }

  // Open with the focus on the current chapter, or on another element.
  open(focused = this.#list.querySelector('[aria-current]')) {
    if (this.isOpen) return;
    this.#dialog.append(this.#list);
    this.#dialog.showModal();
    focused?.focus({ preventScroll: true });
    this.#onOpen();
  }

  close() {
    this.#dialog.close();
  }
}
