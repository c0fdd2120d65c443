// The sleep timer: fades the sound out and pauses it after some minutes or at the end of the chapter.
const FADE_MS = 8000;

export class Sleep {
  #sound;
  #chapterAt;
  #select;
  #deadline = null;
  #chapter = null;
  #timer = null;

  // `chapterAt` returns the chapter at a time: { start, end } in seconds.
  constructor(select, sound, chapterAt) {
    this.#select = select;
    this.#sound = sound;
    this.#chapterAt = chapterAt;
    select.addEventListener('change', () => this.#set(select.value));
  }

  #set(value) {
    clearInterval(this.#timer);
    this.#sound.fade = 1;
    this.#deadline = Number(value) ? Date.now() + Number(value) * 60000 : null;
    this.#chapter = value === 'chapter' ? this.#chapterAt(this.#sound.time) : null;
    this.#timer = value ? setInterval(() => this.#look(), 200) : null;
  }

  #look() {
    const left = this.#deadline === null ? this.#leftOfChapter() : this.#deadline - Date.now();
    if (left > 0) {
      this.#sound.fade = Math.min(1, left / FADE_MS);
      return;
    }
    this.#sound.pause();
    this.#select.value = '';
    this.#set('');
  }

  #leftOfChapter() {
    const { time, rate } = this.#sound;
    // After a jump to another chapter, that chapter's end counts.
    if (time < this.#chapter.start || time > this.#chapter.end + 2) this.#chapter = this.#chapterAt(time);
    return ((this.#chapter.end - time) / rate) * 1000;
  }
}
