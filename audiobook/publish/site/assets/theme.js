// Runs before the page is drawn to avoid a flash: applies the chosen theme, and marks the page as scripted.
(() => {
  const root = document.documentElement;
  const KEY = 'audiobook:theme';
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  if ('noModule' in HTMLScriptElement.prototype) root.classList.add('scripted');
  if (stored()) root.dataset.theme = stored();

  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    const isDark = () => (root.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';
    const show = () => button.setAttribute('aria-pressed', String(isDark()));
    button.hidden = false;
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      try {
        localStorage.setItem(KEY, root.dataset.theme);
      } catch {
        // Without storage, the choice applies to this page only.
      }
      show();
    });
    dark.addEventListener('change', show);
    show();
  });

  // Where modules do not run (an old browser, or a file opened from disk), show the page as it is without scripts.
  addEventListener('load', () => {
    if (document.getElementById('bar')?.hidden) root.classList.remove('scripted');
  });
})();
