// Editions kept on this device: each in a cache of its own, which the service worker `offline.js` answers from. A page is stored
// after everything it needs, so a cache without its page was begun and not finished.
const PIECE_BYTES = 1 << 20;
const NAMED_BY_DIGEST = /-[0-9a-f]{8}\.\w+$|\/assets\/[0-9a-f]{8}\//;
const nameOf = (page) => `audiobook:${page}#`;
const options = { ignoreVary: true };

export class NoSpace extends Error {}

// Return whether this browser can keep editions: not on pages from disk or without TLS, nor in some private windows.
export async function canKeep() {
  try {
    await caches.keys();
    return Boolean(navigator.serviceWorker);
  } catch {
    return false;
  }
}

// Return the addresses of all kept pages in a folder of the site.
export async function keptPages(folder) {
  const names = (await caches.keys()).filter((name) => name.startsWith(`audiobook:${folder}`));
  const pages = names.map((name) => name.replace(/^audiobook:|#\d+$/g, ''));
  const isKept = await Promise.all(pages.map((page, i) => has(names[i], page)));
  return pages.filter((_, i) => isKept[i]);
}

const has = async (name, page) => Boolean(await (await caches.open(name)).match(page, options));

async function cachesOf(page) {
  const names = (await caches.keys()).filter((name) => name.startsWith(nameOf(page)));
  const isKept = await Promise.all(names.map((name) => has(name, page)));
  return { kept: names.filter((_, i) => isKept[i]), begun: names.filter((_, i) => !isKept[i]) };
}

export const parsed = (text) => new DOMParser().parseFromString(text, 'text/html');

// Return the kept page as text, or null, and whether an attempt to keep it was cut off.
export async function stateOf(page) {
  const { kept, begun } = await cachesOf(page);
  const found = kept.length ? await (await caches.open(kept.at(-1))).match(page, options) : null;
  return { kept: found ? await found.text() : null, isBegun: begun.length > 0 };
}

// Return the page as it is on the site now, as text.
export async function newestPage(page) {
  return (await get(page)).text();
}

// Return about how many bytes a page, given as a document, needs that are not kept yet.
export async function bytesToKeep(page, found) {
  const { work, sound } = contentsOf(page, found);
  const [ofSound, ofRest] = work.dataset.bytes.split(' ').map(Number);
  return ofRest + ((await caches.match(sound, options)) ? 0 : ofSound);
}

// Keep the newest edition of a page, and drop the one before. `onProgress` is called with a share from 0 to 1.
export async function keep(page, root, signal, onProgress) {
  const text = await newestPage(page);
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const found = parsed(text);
  if ((await bytesToKeep(page, found)) > quota - usage) throw new NoSpace();
  // Some browsers ask the listener whether the page may; the answer does not change what is done now.
  navigator.storage?.persist?.();
  await navigator.serviceWorker.register(`${root}offline.js`);
  const { begun, kept } = await cachesOf(page);
  const name = begun[0] ?? `${nameOf(page)}${Date.now()}`;
  const cache = await caches.open(name);
  try {
    const { files, sound, soundBytes } = contentsOf(page, found);
    await storeSound(cache, sound, soundBytes, signal, onProgress);
    const index = await get(`${root}index.html`, signal);
    const indexText = await index.clone().text();
    for (const url of new Set([...files, ...filesOf(`${root}index.html`, parsed(indexText))])) await store(cache, url, signal);
    await put(cache, `${root}index.html`, index);
    await put(cache, page, new Response(text, { headers: { 'content-type': 'text/html; charset=utf-8' } }));
  } catch (error) {
    if (error.name === 'QuotaExceededError') {
      await caches.delete(name);
      throw new NoSpace();
    }
    throw error;
  }
  for (const old of [...kept, ...begun]) if (old !== name) await caches.delete(old);
}

// Remove what an attempt has stored so far.
export async function dropBegun(page) {
  for (const name of (await cachesOf(page)).begun) await caches.delete(name);
}

// Remove a page, and the service worker if no other page of the site is kept.
export async function drop(page, root) {
  for (const names of Object.values(await cachesOf(page))) for (const name of names) await caches.delete(name);
  if (!(await keptPages(root)).length) await (await navigator.serviceWorker.getRegistration(root))?.unregister();
}

// Return what a page of a work needs: its files, and its sound.
function contentsOf(page, found) {
  const work = found.getElementById('work');
  const address = (path) => new URL(path, page).href;
  const { read, parts, bytes } = work.dataset;
  const timed = parts.split(' ').map((part, number) => address(`${read}${number}-${part.split(':')[3]}.json`));
  const sound = address(found.getElementById('sound').getAttribute('src'));
  const rest = filesOf(page, found, `${LINKS}, img, .links a:not([download])`);
  return { work, sound, soundBytes: Number(bytes.split(' ')[0]), files: [...rest, ...timed] };
}

const LINKS = 'link:is([rel=stylesheet], [rel=icon], [rel=manifest], [rel=apple-touch-icon], [rel=item]), script[src]';
const filesOf = (page, found, selector = LINKS) =>
  [...found.querySelectorAll(selector)].map((one) => new URL(one.getAttribute('href') ?? one.getAttribute('src'), page).href);

async function get(url, signal, headers = {}) {
  const response = await fetch(url, { cache: NAMED_BY_DIGEST.test(url) ? 'default' : 'no-store', signal, headers });
  if (!response.ok) throw new Error(`${response.status}`);
  return response;
}

// A response that was redirected cannot be the answer to a visit, so its body is stored as a new one.
async function put(cache, url, response) {
  await cache.put(url, new Response(await response.blob(), { headers: response.headers }));
}

async function store(cache, url, signal) {
  if (NAMED_BY_DIGEST.test(url)) {
    if (await cache.match(url, options)) return;
    const other = await caches.match(url, options);
    if (other) {
      await put(cache, url, other);
      return;
    }
  }
  await put(cache, url, await get(url, signal));
}

// Store the sound in pieces of the same length. Those of an unfinished attempt or an older edition are used again.
async function storeSound(cache, url, size, signal, onProgress) {
  const piece = (number) => `${url}?piece=${number}`;
  const lengthOf = (number) => Math.min(PIECE_BYTES, size - number * PIECE_BYTES);
  let number = 0;
  for (let found; lengthOf(number) > 0 && (found = await caches.match(piece(number), options)); number += 1)
    if (!(await cache.match(piece(number), options))) await put(cache, piece(number), found);
  const body = lengthOf(number) > 0 ? await bodyFrom(url, number * PIECE_BYTES, signal) : null;
  if (body?.isWhole) number = 0;
  for await (const bytes of body ? pieces(body.stream) : []) {
    if (bytes.length !== lengthOf(number)) throw new Error('cut off');
    await cache.put(piece(number), new Response(bytes));
    number += 1;
    onProgress(Math.min(1, (number * PIECE_BYTES) / size));
  }
  if (lengthOf(number) > 0) throw new Error('cut off');
  const headers = { 'content-type': 'audio/mpeg', 'x-pieces': `${size} ${PIECE_BYTES}` };
  await cache.put(url, new Response(null, { headers }));
}

// Return the bytes of a file from an offset, or all of them if the host knows no ranges.
async function bodyFrom(url, start, signal) {
  const response = await get(url, signal, start ? { range: `bytes=${start}-` } : {});
  return { stream: response.body, isWhole: response.status !== 206 };
}

// Yield a stream in pieces; only the last one may be shorter.
async function* pieces(stream) {
  const reader = stream.getReader();
  let [held, length] = [new Uint8Array(PIECE_BYTES), 0];
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    let { value } = read;
    while (value.length) {
      const some = value.subarray(0, PIECE_BYTES - length);
      held.set(some, length);
      length += some.length;
      value = value.subarray(some.length);
      if (length < PIECE_BYTES) continue;
      yield held;
      [held, length] = [new Uint8Array(PIECE_BYTES), 0];
    }
  }
  if (length) yield held.subarray(0, length);
}
