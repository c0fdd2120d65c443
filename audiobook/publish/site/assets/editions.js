// From a paragraph in one language to the same one in another: "#at=2.8.5.12" is the paragraph 5 of 12 in the chapter 2 of 8.

// Give the place's hash: numbers from 0, and how many there are.
export const placeHash = ({ chapter, chapters, paragraph, paragraphs }, playing) =>
  `#at=${[chapter, chapters, paragraph, paragraphs].join('.')}${playing ? '&play' : ''}`;

// Give what a hash asks for: `at` as above, `t` in seconds, and whether to play; what is wrong is left out.
export function readHash(hash) {
  const told = new URLSearchParams(hash.replace(/^#/, ''));
  const at = (told.get('at') ?? '').split('.').map(Number);
  const [chapter, chapters, paragraph, paragraphs] = at;
  const isWhole = at.length === 4 && at.every((number) => Number.isInteger(number) && number >= 0);
  const t = told.has('t') ? Number(told.get('t')) : NaN;
  return {
    at: isWhole ? { chapter, chapters, paragraph, paragraphs } : null,
    t: Number.isFinite(t) && t >= 0 ? t : null,
    play: told.has('play'),
  };
}

// Give the same chapter and paragraph here; `counts` has how many paragraphs each chapter has.
export function samePlace(at, counts) {
  const chapter = scaled(at.chapter, at.chapters, counts.length);
  return { chapter, paragraph: scaled(at.paragraph, at.paragraphs, counts[chapter]) };
}

function scaled(place, of, here) {
  const same = of === here ? place : Math.floor((place * here) / Math.max(of, 1));
  return Math.max(0, Math.min(same, here - 1));
}
