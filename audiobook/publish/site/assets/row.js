import { clock } from './clock.js';

// Return a button that leads to a sentence: its text, and its chapter and time.
export function sentenceButton(text, title, seconds, onPress) {
  const button = document.createElement('button');
  const [said, where] = [document.createElement('span'), document.createElement('span')];
  button.type = 'button';
  said.textContent = text;
  where.className = 'at';
  where.textContent = `${title} · ${clock(seconds)}`;
  button.append(said, where);
  button.addEventListener('click', onPress);
  return button;
}
