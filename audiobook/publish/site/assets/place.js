// The listener's place in a work, by chapter, paragraph and sentence, so that an edit of the text does not move it.

const SIMILAR = 0.5;
const wordsOf = (text) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]);

// Return how similar two sentences are, from 0 to 1: the share of words that they have in common.
function similarity(one, other) {
  if (one === other) return 1;
  const [ones, others] = [wordsOf(one), wordsOf(other)];
  const common = [...ones].filter((word) => others.has(word)).length;
  return (common / Math.max(ones.size, others.size)) * 0.99;
}

// Return what to remember about a sentence and the time in it. `before` is the text of the sentence before it.
export function placeOf({ chapter, paragraph, index, text, before, start }, ms, chapters) {
  return { chapter, title: chapters[chapter].title, paragraph, index, text, before, into: Math.max(0, ms - start) };
}

// Return the time of a remembered place in ms. If nothing like its sentence is left, the numbers decide.
export async function findPlace(place, chapters, parts) {
  const among = likelyChapters(place, chapters);
  const near = (await parts.sentencesAround(place.chapter, place.paragraph)).find(
    ({ chapter, paragraph, index }) =>
      chapter === place.chapter && paragraph === place.paragraph && index === place.index,
  );
  const isUnchanged = among[0] === place.chapter && near?.text === place.text && near.before === place.before;
  if (isUnchanged) return near.start + place.into;
  let found = null;
  for (const chapter of among) {
    const one = best(place, await parts.sentencesOf(chapter));
    if (one && (!found || one.likeness > found.likeness)) found = one;
    if (found?.likeness === 1) break;
  }
  if (!found) return numbered(place, await parts.sentencesOf(among[0])) ?? chapters[among[0]].start * 1000;
  const { sentence, likeness } = found;
  return sentence.start + (likeness === 1 ? place.into : Math.min(place.into, sentence.end - sentence.start));
}

// Return the chapters that may have the place: those with its title, the nearest first, or else those around its number.
function likelyChapters(place, chapters) {
  const distance = (chapter) => Math.abs(chapter - place.chapter);
  const titled = chapters.flatMap(({ title }, chapter) => (title === place.title ? [chapter] : []));
  if (titled.length) return titled.sort((one, other) => distance(one) - distance(other));
  const number = Math.min(place.chapter, chapters.length - 1);
  return [number, number - 1, number + 1].filter((chapter) => chapter in chapters);
}

// Return the sentence most like the place's; of equals, the one after the same sentence, and then the nearest.
function best(place, sentences) {
  const rank = (sentence) => [
    similarity(place.text, sentence.text),
    similarity(place.before, sentence.before),
    -Math.abs(sentence.paragraph - place.paragraph),
    -Math.abs(sentence.index - place.index),
  ];
  let [found, highest] = [null, [SIMILAR]];
  for (const sentence of sentences) {
    const ranks = rank(sentence);
    const differing = ranks.findIndex((value, i) => value !== highest[i]);
    if (differing >= 0 && ranks[differing] > (highest[differing] ?? -Infinity)) [found, highest] = [sentence, ranks];
  }
  return found && { sentence: found, likeness: highest[0] };
}

// Return the start of the sentence with a place's numbers, or of the last one before it.
export function numbered(place, sentences) {
  const isUpTo = ({ paragraph, index }) =>
    paragraph < place.paragraph || (paragraph === place.paragraph && index <= place.index);
  return (sentences.findLast(isUpTo) ?? sentences[0])?.start;
}
