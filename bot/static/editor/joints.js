/**
 * The handles for keyboards and screen readers: a button over each joint of who is edited.
 *
 * Fingers and mice do not meet them, they meet the canvas below.
 *
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./store.js").State} State
 * @typedef {import("./actions.js").Actions} Actions
 */

import { isUnsure } from "./body.js";
import { any } from "./store.js";
import { toScreen } from "./view.js";

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FAST = 10; // times as far with Shift held
const REST = 500; // milliseconds
const LAST = 99; // behind every number

export class Joints {
  /**
   * @param {Actions} actions
   * @param {HTMLElement} group
   * @param {import("../common/words.js").Words} words
   * @param {(joint: string) => void} toggle hides a joint, or brings it back
   */
  constructor(actions, group, words, toggle) {
    this.actions = actions;
    this.group = group;
    this.listeners = /** @type {HTMLElement} */ (group.nextElementSibling);
    this.words = words;
    this.toggle = toggle;
    this.timer = 0;
    /** @type {Map<string, HTMLButtonElement>} */
    this.buttons = new Map();
    group.addEventListener("keydown", (event) => this.key(event));
    actions.store.watch((changed, state) => this.draw(changed, state));
  }

  draw(/** @type {Set<string>} */ changed, /** @type {State} */ state) {
    if (any(changed, "document", "person", "history")) this.offer(state);
    if (any(changed, "document", "person", "history", "view") && !state.live) this.place(state);
    if (any(changed, "joint", "person")) this.mark(state);
  }

  /** Have one button for each joint that there is, legs first. */
  offer(/** @type {State} */ state) {
    const { joints } = state.document;
    const { person } = this.actions.store;
    const label = this.words.say("joints", { number: state.person + 1 });
    this.group.setAttribute("aria-label", label);
    const known = joints.filter(({ name }) => person && name in person.keypoints);
    const names = inOrder(known).map(({ name }) => name);
    if (names.join() === [...this.buttons.keys()].join()) return;
    this.buttons = new Map(names.map((name) => [name, this.button(name)]));
    this.group.replaceChildren(...this.buttons.values());
  }

  /** @returns {HTMLButtonElement} */
  button(/** @type {string} */ joint) {
    const button = document.createElement("button");
    button.className = "joint";
    button.dataset.joint = joint;
    const choose = () => {
      this.actions.choose(joint);
      this.actions.bringIn(joint);
    };
    button.addEventListener("focus", () => button.matches(":focus-visible") && choose());
    button.addEventListener("click", choose);
    return button;
  }

  place(/** @type {State} */ { view, document: { joints } }) {
    const { person } = this.actions.store;
    for (const { name, number, label } of joints) {
      const button = this.buttons.get(name);
      if (!button || !person) continue;
      const { x, y } = toScreen(view, person.keypoints[name]);
      button.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      button.setAttribute("aria-label", this.told(person, name, number, label));
    }
  }

  /**
   * @param {import("./body.js").Person} person
   * @param {string} joint
   * @param {number | null} number
   * @param {string} label
   */
  told(person, joint, number, label) {
    const [x, y] = person.keypoints[joint].map(Math.round);
    const named = number === null ? label : this.words.say("joint.numbered", { label, number });
    const place = this.words.say("joint.place", { joint: named, x, y });
    if (person.hidden.includes(joint)) return this.words.say("joint.hidden", { joint: place });
    return isUnsure(person, joint) ? this.words.say("joint.guessed", { joint: place }) : place;
  }

  /** Tell those who listen where a joint is now, once the keys rest. */
  tell(/** @type {string} */ joint) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.listeners.textContent = this.buttons.get(joint)?.getAttribute("aria-label") ?? "";
    }, REST);
  }

  mark(/** @type {State} */ { joint }) {
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(name === joint));
    }
  }

  key(/** @type {KeyboardEvent} */ event) {
    const joint = /** @type {HTMLElement} */ (event.target).dataset.joint;
    if (!joint || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[/** @type {keyof typeof WAYS} */ (event.key)];
    if (way) {
      event.preventDefault();
      // One press moves by what is a pixel on the screen: zoomed in, it moves finely.
      const step = (event.shiftKey ? FAST : 1) / this.actions.store.state.view.scale;
      this.actions.press(joint, way[0] * step, way[1] * step);
      this.tell(joint);
    } else if (event.key === "Delete" || event.key === "h") {
      this.toggle(joint);
    }
  }
}

/** Numbered joints first, by their numbers. */
function inOrder(/** @type {import("./api.js").Document["joints"]} */ joints) {
  return [...joints].sort((one, other) => (one.number ?? LAST) - (other.number ?? LAST));
}
