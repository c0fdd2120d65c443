// The sleep timer: fades the sound out and pauses it after some minutes, or pauses exactly at the end of a chapter.
import { clock } from './clock.js';

const FADE_MS = 8000;
const CHAPTER_FADE_MS = 200;
const LOOK_EVERY_MS = 200;
const MORE_MS = 5 * 60000;

export class Sleep {
  #sound;
  #chapterAt;
  #select;
  #left;
  #more;
  #deadline = null;
  #chapter = null;
  #timer = null;

  // `chapterAt` returns the chapter at a time: { start, end } in seconds. `left` shows the countdown, `more` adds minutes.
  constructor({ select, left, more }, sound, chapterAt) {
    this.#select = select;
    this.#left = left;
    this.#more = more;
    this.#sound = sound;
    this.#chapterAt = chapterAt;
    select.addEventListener('change', () => this.#set(select.value));
    more.addEventListener('click', () => {
      this.#deadline += MORE_MS;
      this.#look();
    });
    sound.addEventListener('tick', () => this.#chapter && this.#look());
    sound.addEventListener('ended', () => this.#select.value && this.#stop());
    // After a jump to another chapter, that chapter's end counts.
    sound.addEventListener('seek', () => {
      if (this.#chapter) this.#chapter = chapterAt(sound.time);
    });
  }

  #set(value) {
    this.#sound.fade = 1;
    this.#deadline = Number(value) ? Date.now() + Number(value) * 60000 : null;
    this.#chapter = value === 'chapter' ? this.#chapterAt(this.#sound.time) : null;
    this.#more.hidden = this.#deadline === null;
    this.#left.hidden = !value;
    this.#look();
  }

  #look() {
    clearTimeout(this.#timer);
    if (this.#deadline === null && !this.#chapter) return;
    const left = this.#chapter ? this.#leftOfChapter() : this.#deadline - Date.now();
    if (left <= 0) {
      this.#stop();
      return;
    }
    this.#sound.fade = Math.min(1, left / (this.#chapter ? CHAPTER_FADE_MS : FADE_MS));
    const text = clock(Math.ceil(left / 1000));
    if (this.#left.textContent !== text) this.#left.textContent = text;
    this.#timer = setTimeout(() => this.#look(), Math.min(left, LOOK_EVERY_MS));
  }

  #stop() {
    const end = this.#chapter?.end;
    this.#sound.pause();
    this.#select.value = '';
    this.#set('');
    if (end < this.#sound.duration) this.#sound.seek(end);
  }

  #leftOfChapter() {
    return ((this.#chapter.end - this.#sound.time) / this.#sound.rate) * 1000;
  }
}
