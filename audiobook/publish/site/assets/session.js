// Lock screen and headphone controls, in browsers with the Media Session API.
export class Session {
  #session = navigator.mediaSession;
  #chapter = null;

  constructor(actions) {
    if (!this.#session) return;
    for (const [name, action] of Object.entries(actions)) {
      try {
        this.#session.setActionHandler(name, action);
      } catch {
        // This browser does not support this action.
      }
    }
  }

  show({ title, artist, album, cover }) {
    if (!this.#session || this.#chapter === title) return;
    this.#chapter = title;
    const artwork = cover ? [{ src: cover.src, sizes: `${cover.getAttribute('width')}x${cover.getAttribute('height')}`, type: 'image/jpeg' }] : [];
    this.#session.metadata = new MediaMetadata({ title, artist, album, artwork });
  }

  place({ time, duration, rate, playing }) {
    if (!this.#session) return;
    this.#session.playbackState = playing ? 'playing' : 'paused';
    this.#session.setPositionState?.({ duration, playbackRate: rate, position: Math.min(time, duration) });
  }
}
