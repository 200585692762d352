/** The conversation: messages in their order, what is still on its way, and where one looks. */

import { el } from "../common/dom.js";
import { MessageView } from "./message.js";

const HEAD = 64; // CSS pixels that the head of the page covers
const NEAR = 160; // CSS pixels from the end within which one follows what comes
const PAUSE = 20 * 60 * 1000; // milliseconds between messages after which the time is told

export class Talk {
  /**
   * @param {HTMLElement} list
   * @param {HTMLButtonElement} jump leads to the end
   * @param {import("./message.js").Desk} desk
   */
  constructor(list, jump, desk) {
    this.list = list;
    this.jump = jump;
    this.desk = desk;
    /** @type {Map<string, MessageView>} */
    this.views = new Map();
    /** @type {Set<HTMLElement>} */
    this.pending = new Set();
    this.last = 0;
    this.follows = true;
    this.height = 0;
    this.at = 0;
    jump.addEventListener("click", () => this.toEnd("smooth"));
    addEventListener("scroll", () => this.scrolled(), { passive: true });
    // What grows above the end must not push the end out of sight.
    new ResizeObserver(() => this.follows && this.toEnd("auto")).observe(list);
  }

  get isEmpty() {
    return this.views.size === 0 && this.pending.size === 0;
  }

  /** Show all that was said, and nothing else. */
  all(/** @type {import("./api.js").Message[]} */ messages) {
    const there = new Set(messages.map(({ id }) => id));
    for (const id of this.views.keys()) if (!there.has(id)) this.gone(id);
    for (const message of messages) this.show(message);
  }

  /** Show a message, or what it is now. */
  show(/** @type {import("./api.js").Message} */ message) {
    const known = this.views.get(message.id);
    if (known) return known.show(message);
    const view = new MessageView(message, this.desk);
    this.views.set(message.id, view);
    this.time(message.at);
    this.list.append(view.element, ...this.pending);
    if (!this.follows) this.jump.hidden = false;
  }

  gone(/** @type {string} */ id) {
    this.views.get(id)?.element.remove();
    this.views.delete(id);
  }

  /** Show what is on its way, under everything else. */
  add(/** @type {HTMLElement} */ element) {
    this.pending.add(element);
    this.list.append(element);
    this.toEnd("auto");
  }

  arrived(/** @type {HTMLElement | undefined} */ element) {
    if (!element) return;
    element.remove();
    this.pending.delete(element);
  }

  /** Tell the time where the talk paused. */
  time(/** @type {string} */ at) {
    const moment = Date.parse(at);
    if (moment - this.last > PAUSE) {
      const format = new Intl.DateTimeFormat(this.desk.words.region, sinceToday(moment));
      const time = el("time", { datetime: at }, format.format(moment));
      this.list.append(el("li", { class: "pause" }, time));
    }
    this.last = Math.max(this.last, moment);
  }

  /** Show what came last; of a result that is higher than the screen, its picture. */
  toEnd(/** @type {ScrollBehavior} */ behavior) {
    this.follows = true;
    this.jump.hidden = true;
    if (this.isEmpty) return;
    const last = this.list.lastElementChild;
    const isResult = last instanceof HTMLElement && last.classList.contains("result");
    const top = isResult ? last.offsetTop - HEAD : Infinity;
    scrollTo({ top: Math.min(top, document.documentElement.scrollHeight), behavior });
  }

  /** Stop following once somebody scrolls up; what grows or shrinks is not scrolled. */
  scrolled() {
    const { scrollHeight, clientHeight } = document.documentElement;
    if (scrollHeight - clientHeight - scrollY < NEAR) {
      this.follows = true;
      this.jump.hidden = true;
    } else if (scrollHeight === this.height && scrollY < this.at) this.follows = false;
    this.height = scrollHeight;
    this.at = scrollY;
  }
}

/** @returns {Intl.DateTimeFormatOptions} */
function sinceToday(/** @type {number} */ moment) {
  const today = new Date(moment).toDateString() === new Date().toDateString();
  return today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
}
