/** Photos on their way: each is sent again until it has arrived or the bot says no. */

import { Refused, Unanswered, upload, visit } from "./api.js";
import { uuid } from "./line.js";
import { PendingPhoto } from "./pending.js";

const SHORTEST = 1000; // milliseconds before a photo is sent again
const PASSING = new Set([401, 429, 500, 502, 503, 504]); // statuses after which it may go well

export class Sending {
  /**
   * @param {import("../common/words.js").Words} words
   * @param {object} to
   * @param {import("./line.js").Line} to.line
   * @param {import("./talk.js").Talk} to.talk
   * @param {(sentence: string) => void} to.refuse
   */
  constructor(words, { line, talk, refuse }) {
    this.words = words;
    this.line = line;
    this.talk = talk;
    this.refuse = refuse;
    this.going = 0;
    addEventListener("beforeunload", (event) => this.going && event.preventDefault());
  }

  async send(/** @type {import("./preview.js").Photo} */ photo) {
    const id = uuid();
    const pending = new PendingPhoto(photo, this.words);
    this.talk.add(pending.element);
    this.going += 1;
    try {
      await this.until({ ...photo, id }, pending);
    } catch (error) {
      this.refuse((error instanceof Refused && error.message) || this.words.say("photo.refused"));
    } finally {
      this.going -= 1;
      this.talk.arrived(pending.element);
      URL.revokeObjectURL(photo.url);
    }
  }

  /**
   * @param {import("./preview.js").Photo & {id: string}} photo
   * @param {PendingPhoto} pending
   */
  async until(photo, pending) {
    for (;;) {
      try {
        return await upload(photo, (share) => pending.gone(share));
      } catch (error) {
        if (!passes(error)) throw error;
        pending.gone(0);
        pending.say(this.words.say("photo.waits"));
        if (error instanceof Refused && error.status === 401) await visit(this.words.language);
        const wait = error instanceof Refused ? error.wait * 1000 : 0;
        await new Promise((go) => setTimeout(go, Math.max(wait, SHORTEST)));
        await this.line.opened();
        pending.say("");
      }
    }
  }
}

/** Whether the same photo may be taken later. */
function passes(/** @type {unknown} */ error) {
  if (error instanceof Unanswered) return true;
  return error instanceof Refused && PASSING.has(error.status);
}
