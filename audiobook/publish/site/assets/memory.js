// What the browser stores: the position in each edition, by the path of its page, and the player's settings.
const SETTINGS = 'audiobook:settings';
const place = (path) => `audiobook:place:${path}`;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or disabled; the page works without it.
  }
}

// A position is the time `t` in seconds and, if the text was on the page, the place in it as `placeOf` returns it.
export const readPosition = (path = location.pathname) => {
  const { t, place: within = null } = read(place(path));
  return { t: Number(t) || 0, place: within };
};
export const writePosition = (t, within) =>
  write(place(location.pathname), { t: Math.round(t * 1000) / 1000, place: within });
export const readSettings = () => read(SETTINGS);
export const changeSettings = (changes) => write(SETTINGS, { ...readSettings(), ...changes });
