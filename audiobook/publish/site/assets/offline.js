// The service worker, which plays kept editions without a network. `kept.js` fills the caches: one for each kept page, with its
// sound in pieces, so that no answer needs the whole sound in memory. Everything else comes from the network.
const PAGE_OF_ALL = 'index.html';

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  const { request } = event;
  const isOurs = request.method === 'GET' && request.url.startsWith(registration.scope);
  // Whoever asks for the newest page (or for events) says "no-store".
  if (isOurs && request.cache !== 'no-store') event.respondWith(answer(request));
});

async function answer(request) {
  const isPage = request.mode === 'navigate';
  const url = request.url.replace(/#.*$/, '');
  const path = url.replace(registration.scope, '').replace(/\?.*$/, '');
  if (isPage && (path === '' || path === PAGE_OF_ALL))
    return fetch(request).catch(async () => (await match(registration.scope + PAGE_OF_ALL)) ?? Response.error());
  const found = (await match(url, isPage)) ?? (isPage && (await matchOtherName(url)));
  if (!found) return fetch(request);
  return found.headers.has('x-pieces') ? sound(url, found, request.headers.get('range')) : found;
}

const match = (url, isPage = false) => caches.match(url, { ignoreVary: true, ignoreSearch: isPage });

// Some hosts redirect pages to addresses without ".html", others answer at both.
function matchOtherName(url) {
  const name = url.replace(/\?.*$/, '');
  return match(name.endsWith('.html') ? name.replace(/\.html$/, '') : `${name}.html`);
}

// Answer a request for sound, or for a range of its bytes; browsers seek only in sound that is answered with ranges.
function sound(url, { headers }, range) {
  const [size, piece] = headers.get('x-pieces').split(' ').map(Number);
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range ?? '');
  let [start, end] = [0, size];
  if (asked?.[1]) [start, end] = [Number(asked[1]), asked[2] ? Math.min(size, Number(asked[2]) + 1) : size];
  else if (asked?.[2]) start = Math.max(0, size - Number(asked[2]));
  if (start >= end) return new Response(null, { status: 416, headers: { 'content-range': `bytes */${size}` } });
  const told = { 'accept-ranges': 'bytes', 'content-length': end - start, 'content-type': headers.get('content-type') };
  if (asked) told['content-range'] = `bytes ${start}-${end - 1}/${size}`;
  return new Response(bytesOf(url, piece, start, end), { status: asked ? 206 : 200, headers: told });
}

function bytesOf(url, piece, start, end) {
  let at = start;
  return new ReadableStream(
    {
      async pull(controller) {
        const number = Math.floor(at / piece);
        const found = await match(`${url}?piece=${number}`);
        if (!found) {
          controller.error(new Error('removed'));
          return;
        }
        const from = at - number * piece;
        const bytes = new Uint8Array(await found.arrayBuffer()).subarray(from, from + end - at);
        at += bytes.length;
        controller.enqueue(bytes);
        if (at >= end || !bytes.length) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
