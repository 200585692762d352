/** Says aloud what is new, to those who listen: whole sentences, one at a time, none twice. */

import { gist } from "./telling.js";

const GAP = 1500; // milliseconds; of what a card says meanwhile only the last is told

export class Announcer {
  /**
   * @param {HTMLElement} region a polite live region
   * @param {import("../common/words.js").Words} words
   */
  constructor(region, words) {
    this.region = region;
    this.words = words;
    /** @type {Map<string, string>} */
    this.told = new Map();
    /** @type {Map<string, string>} */
    this.due = new Map();
    this.timer = 0;
  }

  /** Note what stands there already. */
  know(/** @type {import("./api.js").Message} */ message) {
    this.told.set(message.id, gist(message.text));
  }

  /** Tell what a message of the bot's says now, unless it said so before. */
  hear(/** @type {import("./api.js").Message} */ message) {
    const { file, text } = message;
    const said = file ? this.words.say("file.named", { name: file.name }) : gist(text);
    if (message.mine || this.told.get(message.id) === said) return;
    this.told.set(message.id, said);
    this.tell(said, message.id);
  }

  /** Tell a sentence; a later one under the same name takes its place. */
  tell(/** @type {string} */ sentence, name = sentence) {
    this.due.set(name, sentence);
    if (!this.timer) this.timer = setTimeout(() => this.speak(), 100);
  }

  speak() {
    const [next] = this.due;
    this.timer = 0;
    if (!next) return;
    this.due.delete(next[0]);
    this.region.textContent = next[1];
    this.timer = setTimeout(() => this.speak(), GAP);
  }
}
