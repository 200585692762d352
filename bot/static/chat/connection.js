/** Says how the line is, and only where there is something to say. */

const PATIENCE = 1200; // milliseconds of a lost line that nobody needs to hear of

export class Connection {
  /**
   * @param {HTMLElement} place a polite live region
   * @param {import("../common/words.js").Words} words
   */
  constructor(place, words) {
    this.place = place;
    this.words = words;
    this.timer = 0;
    this.isLost = false;
  }

  /**
   * @param {import("./line.js").State} state
   * @param {number} waiting how much was said and is not confirmed
   */
  show(state, waiting) {
    if (state === "open") {
      clearTimeout(this.timer);
      this.timer = 0;
      this.isLost = false;
      this.write("");
    } else if (this.isLost) this.write(this.sentence(waiting));
    else this.timer ||= setTimeout(() => this.lose(waiting), PATIENCE);
  }

  lose(/** @type {number} */ waiting) {
    this.isLost = true;
    this.write(this.sentence(waiting));
  }

  sentence(/** @type {number} */ waiting) {
    return this.words.say(waiting ? "lost.waiting" : navigator.onLine ? "lost" : "lost.offline");
  }

  write(/** @type {string} */ sentence) {
    if (this.place.textContent !== sentence) this.place.textContent = sentence;
    document.body.classList.toggle("lost", sentence !== "");
  }
}
