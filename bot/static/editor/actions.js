/**
 * Everything that a finger, a key or a button can do to the state; who called does not matter.
 *
 * @typedef {import("./body.js").Person} Person
 * @typedef {import("./view.js").Place} Place
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./store.js").Stroke} Stroke
 */

import { begun, recorded, redone, undone } from "./history.js";
import { drag, nudge } from "./posing.js";
import { confined, fitted, panned, toScreen, world, zoomed } from "./view.js";

const DIGITS = 100; // hundredths of a canvas pixel are enough, and make what is sent short
const SOON = 900; // milliseconds in which presses of arrow keys are one step back
const IN = 2.5; // times that a double tap zooms
const OUT = 0.5; // of the fitting scale, the least
const INSIDE = 48; // CSS pixels from the border that a joint reached by keys is brought in

export class Actions {
  /**
   * @param {Store} store
   * @param {import("./mask.js").Mask} mask
   * @param {() => void} edited what happens after each change of the people
   */
  constructor(store, mask, edited) {
    this.store = store;
    this.mask = mask;
    this.edited = edited;
    this.tappedAt = -Infinity;
    this.pressed = { joint: "", at: -Infinity, people: /** @type {Person[] | null} */ (null) };
  }

  get isIdle() {
    return !this.store.state.busy && !this.store.state.conflict;
  }

  choose(/** @type {string | null} */ joint, person = this.store.state.person) {
    this.store.change({ joint, person });
  }

  /** Show how somebody would be, while a finger holds on. */
  show(/** @type {Person} */ moved, /** @type {import("./store.js").State["finger"]} */ finger) {
    const { history, person } = this.store.state;
    const live = history.present.map((one, index) => (index === person ? moved : one));
    this.store.change({ live, finger });
  }

  /** Let what is shown stand. */
  keep() {
    const { live } = this.store.state;
    this.store.change({ live: null, finger: null });
    if (live) this.record(live);
  }

  drop() {
    this.store.change({ live: null, finger: null });
  }

  record(/** @type {Person[]} */ people) {
    const { history } = this.store.state;
    this.store.change({ history: recorded(history, rounded(people, history.present)) });
    this.edited();
  }

  undo() {
    this.travel(undone);
  }

  redo() {
    this.travel(redone);
  }

  /** Go through the strokes while painting, else through the poses. */
  travel(/** @type {typeof undone} */ step) {
    const { brushing, strokes, history } = this.store.state;
    if (brushing) return this.store.change({ strokes: step(strokes) });
    if (!this.isIdle) return undefined;
    const next = step(history);
    if (next.present === history.present) return undefined;
    this.store.change({ history: next });
    return this.edited();
  }

  /** Move a joint by keys: a row of presses is one step back. */
  press(/** @type {string} */ joint, /** @type {number} */ dx, /** @type {number} */ dy) {
    const { person, state } = this.store;
    if (!this.isIdle || state.live || !person || person.hidden.includes(joint)) return;
    const [x, y] = person.keypoints[joint];
    const moved = state.locked
      ? drag(person, joint, x + dx, y + dy)
      : nudge(person, joint, dx, dy);
    if (this.goesOn(joint)) this.store.change({ history: undone(state.history) });
    this.record(state.history.present.map((one, index) => (index === state.person ? moved : one)));
    this.pressed = { joint, at: performance.now(), people: state.history.present };
    this.bringIn(joint);
  }

  goesOn(/** @type {string} */ joint) {
    const { joint: before, at, people } = this.pressed;
    const same = before === joint && people === this.store.state.history.present;
    return same && performance.now() - at < SOON;
  }

  /** Bring a joint onto the screen that a key went to. */
  bringIn(/** @type {string} */ joint) {
    const { view, stage } = this.store.state;
    const { x, y } = toScreen(view, this.store.person.keypoints[joint]);
    const dx = Math.max(0, INSIDE - x) - Math.max(0, x - (stage.width - INSIDE));
    const dy = Math.max(0, INSIDE - y) - Math.max(0, y - (stage.height - INSIDE));
    if (dx || dy) this.store.change({ view: panned(view, dx, dy) });
  }

  pan(/** @type {number} */ dx, /** @type {number} */ dy) {
    this.look(panned(this.store.state.view, dx, dy));
  }

  zoom(/** @type {number} */ factor, about = this.centre) {
    this.look(zoomed(this.store.state.view, factor, about, OUT * this.whole.scale));
  }

  fit() {
    this.store.change({ view: this.whole });
  }

  zoomInOrOut(/** @type {Place} */ about) {
    if (this.store.state.view.scale > 1.3 * this.whole.scale) this.fit();
    else this.zoom(IN, about);
  }

  /** Pull the view along where a finger holds a joint at the border; false elsewhere. */
  pull(/** @type {Place} */ { x, y }, /** @type {number} */ edge, /** @type {number} */ by) {
    const { stage } = this.store.state;
    const dx = x < edge ? by : x > stage.width - edge ? -by : 0;
    const dy = y < edge ? by : y > stage.height - edge ? -by : 0;
    if (dx || dy) this.pan(dx, dy);
    return Boolean(dx || dy);
  }

  look(/** @type {import("./view.js").View} */ view) {
    const { document, stage } = this.store.state;
    this.store.change({ view: confined(view, world(document.canvas, this.store.people), stage) });
  }

  get whole() {
    const { document, history, stage } = this.store.state;
    return fitted(document.canvas, history.present, stage);
  }

  get centre() {
    const { width, height } = this.store.state.stage;
    return { x: width / 2, y: height / 2 };
  }

  toggleLock() {
    this.store.change({ locked: !this.store.state.locked });
  }

  /** Open a sheet, or none; the brush is in hand while its own is open. */
  open(/** @type {string | null} */ sheet) {
    this.store.change({ sheet, brushing: sheet === "brush", brushAt: null });
  }

  brush(/** @type {Partial<import("./store.js").State["brush"]>} */ patch) {
    this.store.change({ brush: { ...this.store.state.brush, ...patch } });
  }

  paint(/** @type {Stroke} */ stroke, /** @type {Place} */ place) {
    this.mask.extend(stroke);
    this.store.change({ brushAt: place });
  }

  painted(/** @type {Stroke} */ stroke) {
    const { strokes } = this.store.state;
    this.store.change({ strokes: recorded(strokes, [...strokes.present, stroke]), brushAt: null });
  }

  unpainted() {
    this.mask.draw(this.store.state.strokes.present);
    this.store.change({ brushAt: null });
  }

  clearMask() {
    const { strokes } = this.store.state;
    if (strokes.present.length) this.store.change({ strokes: recorded(strokes, []) });
  }

  forgetMask() {
    this.store.change({ strokes: begun(/** @type {Stroke[]} */ ([])) });
  }
}

/**
 * Round what was moved.
 *
 * @param {Person[]} people
 * @param {Person[]} before
 */
function rounded(people, before) {
  const short = (/** @type {number} */ value) => Math.round(value * DIGITS) / DIGITS;
  return people.map((person, index) => {
    if (person === before[index]) return person;
    const points = Object.entries(person.keypoints).map(([joint, point]) => {
      if (point === before[index]?.keypoints[joint]) return [joint, point];
      return [joint, [short(point[0]), short(point[1]), point[2]]];
    });
    return { ...person, keypoints: Object.fromEntries(points) };
  });
}
