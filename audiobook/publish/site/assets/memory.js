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

export const readPosition = (path = location.pathname) => Number(read(place(path)).t) || 0;
export const writePosition = (seconds) => write(place(location.pathname), { t: Math.round(seconds * 1000) / 1000 });
export const readSettings = () => read(SETTINGS);
export const changeSettings = (changes) => write(SETTINGS, { ...readSettings(), ...changes });
