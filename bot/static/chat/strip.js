/** The versions of a picture as a strip of thumbnails, over the lines that lead to them. */

import { thumbnail } from "./api.js";
import { attribute, el, svg } from "../common/dom.js";
import { laidOut } from "./tree.js";

const COLUMN = 72; // CSS pixels from one thumbnail to the next; as in chat.css
const LANE = 12;
const DOT = 3.5;

export class Strip {
  /**
   * @param {object} to
   * @param {import("../common/words.js").Words} to.words
   * @param {(number: number) => void} to.chosen
   */
  constructor({ words, chosen }) {
    this.words = words;
    this.chosen = chosen;
    this.list = el("ol", { class: "versions" });
    this.lines = svg("svg", { class: "lines", "aria-hidden": "true" });
    const reel = el("div", { class: "reel" }, this.list, this.lines);
    this.element = el("nav", { class: "strip" }, reel);
    /** @type {Map<number, HTMLButtonElement>} */
    this.buttons = new Map();
  }

  /**
   * @param {import("./api.js").Version[]} versions
   * @param {number | null} at which one is shown
   */
  show(versions, at) {
    this.element.hidden = versions.length < 2;
    this.element.setAttribute("aria-label", this.words.say("versions"));
    const gone = new Set(this.buttons.keys());
    for (const version of versions) {
      gone.delete(version.number);
      if (!this.buttons.has(version.number)) this.add(version);
      this.tell(version, version.number === at);
    }
    for (const number of gone) this.remove(number);
    this.draw(versions, at);
  }

  add(/** @type {import("./api.js").Version} */ version) {
    const image = el("img", { alt: "", loading: "lazy", draggable: "false" });
    const button = el("button", { type: "button", class: "version" }, image);
    button.append(el("span", { class: "number", "aria-hidden": "true" }, String(version.number)));
    button.addEventListener("click", () => this.chosen(version.number));
    this.buttons.set(version.number, button);
    this.list.append(el("li", {}, button));
  }

  /**
   * @param {import("./api.js").Version} version
   * @param {boolean} current
   */
  tell(version, current) {
    const button = /** @type {HTMLButtonElement} */ (this.buttons.get(version.number));
    const image = /** @type {HTMLImageElement} */ (button.firstElementChild);
    const source = thumbnail(version.picture);
    if (image.getAttribute("src") !== source) image.src = source;
    const was = button.getAttribute("aria-current");
    attribute(button, "aria-current", current ? "true" : null);
    button.setAttribute("aria-label", this.name(version));
    if (current && !was) this.bring(button);
  }

  name(/** @type {import("./api.js").Version} */ { number, parent, score }) {
    const key = parent === null ? "version" : "version.from";
    const named = this.words.say(key, { number, parent: parent ?? "" });
    if (score === null) return named;
    return `${named}. ${this.words.say("version.score", { percent: Math.round(score * 100) })}`;
  }

  /** Scroll the strip, and only the strip, so that a thumbnail is in its middle. */
  bring(/** @type {HTMLElement} */ button) {
    requestAnimationFrame(() => {
      const middle = button.offsetLeft + button.offsetWidth / 2 - this.element.clientWidth / 2;
      this.element.scrollTo({ left: middle, behavior: "smooth" });
    });
  }

  remove(/** @type {number} */ number) {
    this.buttons.get(number)?.parentElement?.remove();
    this.buttons.delete(number);
  }

  /**
   * @param {import("./api.js").Version[]} versions
   * @param {number | null} at
   */
  draw(versions, at) {
    const spots = laidOut(versions);
    const byNumber = new Map(spots.map((spot) => [spot.number, spot]));
    const lanes = 1 + Math.max(0, ...spots.map((spot) => spot.lane));
    this.lines.setAttribute("width", String(COLUMN * spots.length));
    this.lines.setAttribute("height", String(LANE * lanes));
    const paths = spots.map((spot) => {
      const from = spot.parent === null ? undefined : byNumber.get(spot.parent);
      return svg("path", { d: from ? curve(from, spot) : "" });
    });
    const dots = spots.map((spot) => {
      const current = spot.number === at ? "current" : "";
      return svg("circle", { cx: across(spot), cy: down(spot), r: DOT, class: current });
    });
    this.lines.replaceChildren(...paths, ...dots);
  }
}

function across(/** @type {import("./tree.js").Spot} */ spot) {
  return COLUMN * (spot.column + 0.5);
}

function down(/** @type {import("./tree.js").Spot} */ spot) {
  return LANE * (spot.lane + 0.5);
}

/** Along the parent's lane at first, then over to one's own, so that branches part visibly. */
function curve(
  /** @type {import("./tree.js").Spot} */ from,
  /** @type {import("./tree.js").Spot} */ to,
) {
  const [x, y, end, level] = [across(from), down(from), across(to), down(to)];
  if (y === level) return `M${x} ${y}H${end}`;
  const [late, early, there] = [x + COLUMN / 3, x + COLUMN / 6, x + COLUMN / 2];
  return `M${x} ${y}C${late} ${y} ${early} ${level} ${there} ${level}H${end}`;
}
