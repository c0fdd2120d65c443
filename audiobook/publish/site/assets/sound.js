// Wraps the audio element and adds what it lacks: seeking before it has loaded, a fade, and a tick on every frame.
// On a host without byte ranges, it stays where it is, where a browser would start from the beginning.
export class Sound extends EventTarget {
  #audio;
  #pending = null;
  #volume = 1;
  #fade = 1;
  // Whether the host has kept it from going to another time.
  isStuck = false;

  constructor(audio, duration) {
    super();
    this.#audio = audio;
    this.duration = duration;
    audio.controls = false;
    audio.preload = 'metadata';
    audio.addEventListener('loadedmetadata', () => this.#settle());
    for (const type of ['play', 'pause', 'ended', 'error', 'timeupdate', 'seeked'])
      audio.addEventListener(type, () => this.#tell(type));
    audio.addEventListener('play', () => this.#frame());
  }

  get time() {
    return this.#pending ?? this.#audio.currentTime;
  }

  get playing() {
    return !this.#audio.paused;
  }

  get rate() {
    return this.#audio.playbackRate;
  }

  set rate(value) {
    this.#audio.defaultPlaybackRate = value;
    this.#audio.playbackRate = value;
    this.#tell('rate');
  }

  get volume() {
    return this.#volume;
  }

  set volume(value) {
    this.#volume = Math.min(1, Math.max(0, value));
    this.#apply();
  }

  // A factor for the chosen volume, from 0 (silent) to 1.
  set fade(value) {
    this.#fade = value;
    this.#apply();
  }

  get muted() {
    return this.#audio.muted;
  }

  set muted(value) {
    this.#audio.muted = value;
  }

  seek(seconds) {
    const wanted = Math.min(Math.max(0, seconds), Math.max(0, this.duration - 0.05));
    if (this.#audio.readyState === 0) this.#pending = wanted;
    else this.#move(wanted);
    this.#tell('seek');
    this.#tell('tick');
  }

  async play() {
    if (this.#audio.error) this.#reload();
    if (this.time >= this.duration - 0.1) this.seek(0);
    try {
      await this.#audio.play();
    } catch (error) {
      // The browser requires a click first, or "pause" was pressed before playback began.
      if (error.name !== 'NotAllowedError' && error.name !== 'AbortError') this.#tell('error');
    }
  }

  pause() {
    this.#audio.pause();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  // After a failure, the element does not play until it is loaded again.
  #reload() {
    const { time, rate } = this;
    this.#audio.load();
    this.#pending = time;
    this.rate = rate;
  }

  #apply() {
    this.#audio.volume = this.#volume * this.#fade;
    this.#tell('volume');
  }

  #settle() {
    if (this.#pending === null) return;
    this.#move(this.#pending);
    this.#pending = null;
  }

  #move(seconds) {
    const { seekable } = this.#audio;
    const reaches = (i) => seekable.start(i) <= seconds && seconds <= seekable.end(i) + 1;
    this.isStuck = ![...Array(seekable.length).keys()].some(reaches);
    if (this.isStuck) this.#tell('stuck');
    else this.#audio.currentTime = seconds;
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
    if (type === 'timeupdate' || type === 'seeked') this.dispatchEvent(new Event('tick'));
  }

  #frame() {
    if (!this.playing) return;
    this.#tell('tick');
    requestAnimationFrame(() => this.#frame());
  }
}
