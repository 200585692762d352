/** Short answers that come and go over the conversation, each in the place of the one before. */

import { el } from "../common/dom.js";

const SHORTEST = 2500; // milliseconds
const PER_LETTER = 55;

export class Toasts {
  /**
   * @param {HTMLElement} place
   * @param {import("./announcer.js").Announcer} announcer
   */
  constructor(place, announcer) {
    this.place = place;
    this.announcer = announcer;
  }

  show(/** @type {string} */ text) {
    const toast = el("p", { class: "toast" }, text);
    this.place.replaceChildren(toast);
    this.announcer.tell(text, "toast");
    setTimeout(() => toast.remove(), SHORTEST + PER_LETTER * text.length);
  }
}
