// Places in addresses. "#at=2.8.5.12" leads from one language to another: chapter 2 of 8 and paragraph 5 of 12, counted
// from 0. "#p=3.6.2" is for people to share: chapter 3, paragraph 6, sentence 2, counted from 1.

// Return the hash of a place: index and count of its chapter and its paragraph.
export const placeHash = ({ chapter, chapters, paragraph, paragraphs }, playing) =>
  `#at=${[chapter, chapters, paragraph, paragraphs].join('.')}${playing ? '&play' : ''}`;

// Return the hash of a sentence.
export const sentenceHash = ({ chapter, paragraph, index }) => `#p=${[chapter, paragraph, index].map((n) => n + 1).join('.')}`;

// Parse a hash: the place `at`, the sentence `p`, the time `t` in seconds, and whether to play. Invalid values become null.
export function readHash(hash) {
  const told = new URLSearchParams(hash.replace(/^#/, ''));
  const at = (told.get('at') ?? '').split('.').map(Number);
  const [chapter, chapters, paragraph, paragraphs] = at;
  const isWhole = at.length === 4 && at.every((number) => Number.isInteger(number) && number >= 0);
  const isWithin = isWhole && chapter < chapters && paragraph < Math.max(paragraphs, 1);
  const p = (told.get('p') ?? '').split('.').map((number) => Number(number) - 1);
  const isSentence = p.length === 3 && p.every((number) => Number.isInteger(number) && number >= 0);
  const t = told.has('t') ? Number(told.get('t')) : NaN;
  return {
    p: isSentence ? { chapter: p[0], paragraph: p[1], index: p[2] } : null,
    at: isWithin ? { chapter, chapters, paragraph, paragraphs } : null,
    t: Number.isFinite(t) && t >= 0 ? t : null,
    play: told.has('play'),
  };
}

// Return the chapter and paragraph of this edition that match a place; `counts` has the number of paragraphs by chapter.
export function samePlace(at, counts) {
  const chapter = scaled(at.chapter, at.chapters, counts.length);
  return { chapter, paragraph: scaled(at.paragraph, at.paragraphs, counts[chapter]) };
}

// Return the index here for an index among `of` elsewhere.
export function scaled(place, of, here) {
  const same = of === here ? place : Math.floor((place * here) / Math.max(of, 1));
  return Math.max(0, Math.min(same, here - 1));
}
