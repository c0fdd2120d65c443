// The size of the text and the length of its lines, which are remembered for all works.
import { changeSettings, readSettings } from './memory.js';

// `onChange` is called after the text has another size.
export function listenToLooks({ dialog, button, closeButton, size, width }, onChange) {
  const fields = { size, width };
  const apply = () => {
    document.documentElement.style.setProperty('--text-scale', size.value / 100);
    document.documentElement.dataset.width = width.value;
    size.setAttribute('aria-valuetext', `${size.value} %`);
  };
  const settings = readSettings();
  for (const [name, field] of Object.entries(fields)) {
    // A range takes any value into its bounds; a list that does not know a value has none.
    const before = field.value;
    if (settings[name] !== undefined) field.value = settings[name];
    if (!field.value) field.value = before;
    field.addEventListener('input', () => {
      apply();
      changeSettings({ [name]: field.value });
      onChange();
    });
  }
  button.addEventListener('click', () => dialog.showModal());
  closeButton.addEventListener('click', () => dialog.close());
  apply();
}
