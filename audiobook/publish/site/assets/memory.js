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

// A position is the time `t` in seconds of the work's duration `of`, whether the work was heard to its
// end, when it was written (`at`, in ms since 1970), and, if the text was on the page, the place in it as `placeOf`
// returns it.
export const readPosition = (path = location.pathname) => {
  const { t, of, heard, at, place: within = null } = read(place(path));
  return { t: Number(t) || 0, of: Number(of) || 0, heard: heard === true, at: Number(at) || 0, place: within };
};
export const writePosition = (t, of, within) =>
  write(place(location.pathname), {
    ...read(place(location.pathname)),
    t: Math.round(t * 1000) / 1000,
    of,
    at: Date.now(),
    place: within,
  });
export const markHeard = () => write(place(location.pathname), { t: 0, heard: true, at: Date.now() });

// Take over what was stored at the former addresses of this page, of which the latest is the last.
export function adopt(addresses) {
  for (const address of addresses.reverse())
    for (const kind of ['place', 'marks']) {
      const [own, former] = [location.pathname, new URL(address, location.href).pathname].map((path) => `audiobook:${kind}:${path}`);
      const found = read(former);
      if (!Object.keys(read(own)).length && Object.keys(found).length) write(own, found);
    }
}

// The bookmarks of an edition, in order of time.
const marks = () => `audiobook:marks:${location.pathname}`;
export const readMarks = () => read(marks()).list ?? [];
export function writeMarks(list) {
  const sorted = [...list].sort((one, other) => one.t - other.t);
  write(marks(), { list: sorted });
  return sorted;
}

export const readSettings = () => read(SETTINGS);
export const changeSettings = (changes) => write(SETTINGS, { ...readSettings(), ...changes });
