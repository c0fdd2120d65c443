// Scrolls to the highlighted word until the reader scrolls by hand. A jump to another place, or a new visit, restarts it.
const still = matchMedia('(prefers-reduced-motion: reduce)');
const SCROLL_KEYS = new Set(['PageUp', 'PageDown', 'Home', 'End', 'ArrowUp', 'ArrowDown']);
const AT_REST_MS = 700;

export class AutoScroll {
  #button;
  #bar;
  #busyUntil = 0;

  constructor(button, bar, onStart) {
    this.#button = button;
    this.#bar = bar;
    this.onStart = onStart;
    button.addEventListener('click', () => this.set(!this.on));
    addEventListener('wheel', () => this.#stop(), { passive: true });
    addEventListener('touchmove', ({ target }) => !bar.contains(target) && this.#stop(), { passive: true });
    addEventListener('pointerdown', ({ clientX }) => {
      if (clientX >= document.documentElement.clientWidth) this.#stop();
    });
    addEventListener('keydown', ({ key, target }) => {
      if (SCROLL_KEYS.has(key) && !target.matches('input, select')) this.#stop();
    });
  }

  get on() {
    return this.#button.getAttribute('aria-pressed') === 'true';
  }

  set(on) {
    this.#button.setAttribute('aria-pressed', String(on));
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
