/**
 * Before and after: one picture over the other, parted by a line that a finger, a mouse or a key
 * moves. Before is the photo in its place in the larger canvas; around it there is nothing yet.
 */

import { el, icon } from "../common/dom.js";

const STEP = 2; // percent that an arrow key moves the line
const LEAP = 10;
const START = 50;
/** @type {Record<string, number>} */
const KEYS = {
  ArrowLeft: -STEP,
  ArrowDown: -STEP,
  ArrowRight: STEP,
  ArrowUp: STEP,
  PageDown: -LEAP,
  PageUp: LEAP,
  Home: -100,
  End: 100,
};
const RANGE = { role: "slider", tabindex: "0", "aria-valuemin": "0", "aria-valuemax": "100" };

export class Slider {
  /** @param {import("../common/words.js").Words} words */
  constructor(words) {
    this.words = words;
    this.after = el("img", { class: "after", draggable: "false" });
    this.photo = el("img", { draggable: "false", alt: "" });
    this.before = el("div", { class: "before" }, this.photo);
    this.grip = el("div", { class: "grip", "aria-label": words.say("compare.line"), ...RANGE });
    this.grip.append(el("span", { class: "knob" }, icon("compare")));
    this.element = el("div", { class: "slider" }, this.after, this.before, this.grip);
    for (const side of ["before", "after"]) {
      const name = { class: `side ${side}`, "aria-hidden": "true" };
      this.element.append(el("span", name, words.say(side)));
    }
    this.listen();
    this.move(START);
  }

  /**
   * @param {import("./api.js").Version} version
   * @param {string} photo where the photo is
   */
  show({ picture, canvas, number }, photo) {
    this.element.style.setProperty("--ratio", String(canvas.width / canvas.height));
    if (this.after.getAttribute("src") !== picture.url) this.after.src = picture.url;
    if (this.photo.getAttribute("src") !== photo) this.photo.src = photo;
    this.after.alt = this.words.say("version", { number });
    const { style } = this.photo;
    style.left = share(canvas.photo.x, canvas.width);
    style.top = share(canvas.photo.y, canvas.height);
    style.width = share(canvas.photo.width, canvas.width);
    style.height = share(canvas.photo.height, canvas.height);
  }

  listen() {
    this.element.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary) return;
      this.element.setPointerCapture(event.pointerId);
      this.follow(event);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) this.follow(event);
    });
    this.grip.addEventListener("keydown", (event) => {
      const by = KEYS[event.key];
      if (by === undefined) return;
      event.preventDefault();
      this.move(this.at + by);
    });
  }

  follow(/** @type {PointerEvent} */ event) {
    const { left, width } = this.element.getBoundingClientRect();
    this.move(((event.clientX - left) / width) * 100);
  }

  /** Put the line where so many percent of the picture are still as before. */
  move(/** @type {number} */ percent) {
    this.at = Math.min(100, Math.max(0, percent));
    this.element.style.setProperty("--at", `${this.at}%`);
    const whole = Math.round(this.at);
    this.grip.setAttribute("aria-valuenow", String(whole));
    this.grip.setAttribute("aria-valuetext", this.words.say("compare.at", { percent: whole }));
  }
}

function share(/** @type {number} */ part, /** @type {number} */ whole) {
  return `${(100 * part) / whole}%`;
}
