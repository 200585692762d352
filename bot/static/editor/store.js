/**
 * What the page knows, and who is told once a frame that it changed.
 *
 * @typedef {import("./body.js").Person} Person
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").Place} Place
 * @typedef {import("./api.js").Document} Document
 * @typedef {{radius: number, erases: boolean, points: number[]}} Stroke canvas pixels
 * @typedef {object} State
 * @property {Document} document the version of the picture that is edited
 * @property {import("./history.js").History<Person[]>} history
 * @property {Person[] | null} live people as they are under the finger, before it is lifted
 * @property {number} person who is edited
 * @property {string | null} joint which of the joints is chosen
 * @property {{x: number, y: number, touch: boolean} | null} finger where a joint is held
 * @property {View} view
 * @property {import("./view.js").Size} stage CSS pixels
 * @property {boolean} locked whether bones keep their lengths
 * @property {boolean} brushing whether a finger paints the mask
 * @property {{erases: boolean, size: number}} brush size: radius in CSS pixels
 * @property {Place | null} brushAt where the brush is on the screen
 * @property {import("./history.js").History<Stroke[]>} strokes the mask
 * @property {string | null} sheet which sheet is open
 * @property {{stage: string | null, step: number, steps: number} | null} busy what is painted now
 * @property {import("./api.js").Conflict | null} conflict
 * @property {"saved" | "saving" | "unsaved" | "offline"} saved
 */

/** Holds the state; listeners hear at most once a frame which of its parts are new. */
export class Store {
  /** @param {State} state */
  constructor(state) {
    this.state = state;
    /** @type {((changed: Set<string>, state: State) => void)[]} */
    this.listeners = [];
    /** @type {Set<string>} */
    this.changed = new Set();
  }

  /** Everybody as the screen shows them. */
  get people() {
    return this.state.live ?? this.state.history.present;
  }

  /** Who is edited. */
  get person() {
    return this.people[this.state.person];
  }

  change(/** @type {Partial<State>} */ patch) {
    if (!this.changed.size) requestAnimationFrame(() => this.tell());
    for (const key of Object.keys(patch)) this.changed.add(key);
    Object.assign(this.state, patch);
  }

  watch(/** @type {(changed: Set<string>, state: State) => void} */ listener) {
    this.listeners.push(listener);
  }

  tell() {
    const { changed } = this;
    this.changed = new Set();
    for (const listener of this.listeners) listener(changed, this.state);
  }
}

/** Whether any of `keys` is among what changed. */
export function any(/** @type {Set<string>} */ changed, /** @type {string[]} */ ...keys) {
  return keys.some((key) => changed.has(key));
}
