/** What a person just sent and the bot does not know of yet, as it will look. */

import { el } from "../common/dom.js";

/** A line of text on its way. */
export function pendingText(/** @type {string} */ text) {
  const body = el("div", { class: "body" }, el("div", { class: "text" }, el("p", {}, text)));
  return el("li", { class: "message mine pending" }, body);
}

/** A photo on its way, with how much of it is gone. */
export class PendingPhoto {
  /**
   * @param {{file: File, caption: string, url: string}} photo
   * @param {import("../common/words.js").Words} words
   */
  constructor({ file, caption, url }, words) {
    const image = el("img", { src: url, alt: words.say("photo.yours") });
    image.addEventListener("error", () => image.replaceWith(el("p", { class: "text" }, file.name)));
    this.bar = el("progress", { class: "bar", max: "1", "aria-label": words.say("photo.going") });
    this.bar.value = 0;
    this.note = el("p", { class: "note" });
    const frame = el("div", { class: "picture plain" }, image);
    const body = el("div", { class: "body" }, frame, this.bar);
    if (caption) body.append(el("div", { class: "text" }, el("p", {}, caption)));
    this.element = el("li", { class: "message mine pending" }, body, this.note);
    image.addEventListener("load", () => {
      const ratio = image.naturalWidth / image.naturalHeight;
      frame.style.setProperty("--ratio", String(ratio));
    });
  }

  gone(/** @type {number} */ share) {
    this.bar.value = share;
  }

  say(/** @type {string} */ note) {
    this.note.textContent = note;
  }
}
