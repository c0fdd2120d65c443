// Speed and volume, which are remembered for all works, and mute.
import { changeSettings, readSettings } from './memory.js';

export class Levels {
  #sound;
  #speed;
  #speeds;
  #volume;
  #mute;

  // `speed` is a list, `volume` a slider and `mute` a button.
  constructor({ speed, volume, mute }, sound) {
    this.#sound = sound;
    this.#speed = speed;
    this.#speeds = [...speed.options].map(({ value }) => Number(value));
    this.#volume = volume;
    this.#mute = mute;
    const stored = readSettings();
    if (this.#speeds.includes(stored.speed)) this.#setSpeed(stored.speed);
    if (stored.volume >= 0 && stored.volume <= 1) this.#setVolume(stored.volume);
    speed.addEventListener('change', () => this.#setSpeed(Number(speed.value)));
    mute.addEventListener('click', () => this.toggleMuted());
    volume.addEventListener('input', () => {
      this.#setVolume(Number(volume.value));
      this.#setMuted(false);
    });
  }

  stepSpeed(step) {
    const place = this.#speeds.indexOf(Number(this.#speed.value)) + step;
    if (place in this.#speeds) this.#setSpeed(this.#speeds[place]);
  }

  toggleMuted() {
    this.#setMuted(!this.#sound.muted);
  }

  #setSpeed(value) {
    this.#speed.value = String(value);
    this.#sound.rate = value;
    changeSettings({ speed: value });
  }

  #setVolume(value) {
    this.#sound.volume = value;
    this.#volume.value = value;
    changeSettings({ volume: value });
  }

  #setMuted(muted) {
    this.#sound.muted = muted;
    this.#mute.setAttribute('aria-pressed', String(muted));
  }
}
