/** A picture in the conversation: its place is kept free before it comes, and it never flickers. */

import { el, icon } from "../common/dom.js";

export class PictureFrame {
  /**
   * @param {import("../common/words.js").Words} words
   * @param {() => void} looked somebody wants to see it large
   */
  constructor(words, looked) {
    this.image = el("img", { alt: "", draggable: "false", decoding: "async" });
    this.pill = el("span", { class: "pill" }, icon("compare"));
    this.pill.append(words.say("compare"));
    this.element = el("button", { type: "button", class: "picture", "aria-haspopup": "dialog" });
    this.element.append(this.image, this.pill);
    this.element.addEventListener("click", looked);
    this.url = "";
  }

  /**
   * @param {import("./api.js").Picture | null} picture
   * @param {string} alt what it is, for those who do not see it
   */
  async show(picture, alt) {
    this.element.hidden = picture === null;
    if (picture === null) return;
    this.image.alt = alt;
    this.element.style.setProperty("--ratio", String(picture.width / picture.height));
    if (picture.url === this.url) return;
    this.url = picture.url;
    await this.bring(picture.url);
  }

  /** Load it beside the one that is seen, and change over once it is there. */
  async bring(/** @type {string} */ url) {
    if (!this.image.src) {
      this.image.src = url;
      return;
    }
    const next = new Image();
    next.src = url;
    await next.decode().catch(() => null);
    if (this.url === url) this.image.src = url;
  }

  /** Whether there is a before to compare with. */
  compares(/** @type {boolean} */ does) {
    this.pill.hidden = !does;
  }
}
