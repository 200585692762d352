/** Knows the versions of the cards that are on the screen, and asks anew when a card changes. */

import { session } from "./api.js";

const PAUSE = 300; // milliseconds in which a card's changes are taken together

export class Sessions {
  /** @param {import("./talk.js").Talk} talk */
  constructor(talk) {
    this.talk = talk;
    /** @type {Map<string, number>} */
    this.due = new Map();
    this.seen = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        this.seen.unobserve(target);
        this.ask(/** @type {HTMLElement} */ (target).dataset.id ?? "");
      }
    });
  }

  /** Look at a message that is new or changed: what is off the screen waits until it is seen. */
  look(/** @type {import("./api.js").Message} */ { id, mine, session: name }) {
    const view = this.talk.views.get(id);
    if (mine || name === null || !view || view.element.classList.contains("working")) return;
    this.seen.unobserve(view.element);
    clearTimeout(this.due.get(id));
    this.due.set(id, setTimeout(() => this.seen.observe(view.element), PAUSE));
  }

  async ask(/** @type {string} */ id) {
    this.due.delete(id);
    const view = this.talk.views.get(id);
    const name = view?.message.session;
    if (!view || !name) return;
    const found = await session(name).catch(() => null);
    if (found) view.versions(found);
  }
}
