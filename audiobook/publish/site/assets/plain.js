// Return a text as searches compare it: in small letters and without accents.
export const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
