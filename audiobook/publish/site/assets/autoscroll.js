// Scrolls to the highlighted word until the reader scrolls by hand or moves the keyboard focus to another part of the page.
// A jump to another place, the button, or a new visit restarts it.
const still = matchMedia('(prefers-reduced-motion: reduce)');
const SCROLL_KEYS = new Set(['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown']);
const AT_REST_MS = 700;

// Where there is room, the column beside the text stays in view while the page scrolls.
const fixedColumn = (element) => {
  const column = element.closest('.about');
  return column && getComputedStyle(column).position === 'sticky' ? column : null;
};
const isScrollable = (box) => box !== null && box.scrollHeight > box.clientHeight;

// Return whether scrolling over an element moves the page, and not only a list or a dialog.
function movesPage(element) {
  const column = fixedColumn(element);
  return !element.closest('dialog') && !isScrollable(column) && !(column && isScrollable(element.closest('nav')));
}

export class AutoScroll {
  #button;
  #bar;
  #busyUntil = 0;
  #isOn = true;

  constructor(button, bar, onStart) {
    this.#button = button;
    this.#bar = bar;
    this.onStart = onStart;
    addEventListener('wheel', ({ target }) => movesPage(target) && this.#stop(), { passive: true });
    addEventListener('touchmove', ({ target }) => !bar.contains(target) && movesPage(target) && this.#stop(), {
      passive: true,
    });
    addEventListener('focusin', ({ target }) => {
      const staysInView = target.closest('.bar, dialog') || fixedColumn(target);
      // The text itself gets the focus when the listener goes to it.
      if (!staysInView && target.tabIndex >= 0 && target.matches(':focus-visible')) this.#stop();
    });
    addEventListener('pointerdown', ({ clientX }) => {
      if (clientX >= document.documentElement.clientWidth) this.#stop();
    });
    addEventListener('keydown', ({ key, target }) => {
      if (SCROLL_KEYS.has(key) && !target.matches('input, select') && movesPage(target)) this.#stop();
    });
  }

  get on() {
    return this.#isOn;
  }

  set(on) {
    this.#isOn = on;
    this.#button.hidden = on;
    this.#busyUntil = 0;
    if (on) this.onStart();
  }

  // Scroll an element into the upper half of the window, unless it is already well in view.
  bringIntoView(element, { now = false } = {}) {
    if (!this.on || (!now && performance.now() < this.#busyUntil)) return;
    const height = innerHeight - this.#bar.offsetHeight;
    const { top, bottom } = element.getBoundingClientRect();
    if (top >= height * 0.12 && bottom <= height * 0.75) return;
    const isInstant = now || still.matches;
    this.#busyUntil = isInstant ? 0 : performance.now() + AT_REST_MS;
    scrollTo({ top: scrollY + top - height * 0.3, behavior: isInstant ? 'instant' : 'smooth' });
  }

  #stop() {
    if (!this.on) return;
    this.set(false);
    // A smooth scroll that is still running would override the reader's own.
    scrollTo({ top: scrollY, behavior: 'instant' });
  }
}
