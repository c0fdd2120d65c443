// Keyboard shortcuts. They do not apply while a form field is in use, and can be switched off.
const TYPED = 'input, select, textarea, [contenteditable]';
const PRESSED = 'button, a, summary, input, select';

export function listenToKeys(actions, isOn) {
  addEventListener('keydown', (event) => {
    const { key, target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || !isOn()) return;
    if (target.closest?.('dialog')) return;
    const isSlider = target.matches?.('input[type=range]');
    if (target.matches?.(TYPED) && !(isSlider && !key.startsWith('Arrow'))) return;
    if (key === ' ' && !isSlider && target.matches?.(PRESSED)) return;
    const name = event.shiftKey && key.startsWith('Arrow') ? `Shift${key}` : key.length === 1 ? key.toLowerCase() : key;
    const action = actions[name];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
