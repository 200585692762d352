/**
 * What a finger may take hold of, and what becomes of it. Nothing is recorded before it is let go.
 *
 * @typedef {import("./view.js").Place} Place
 * @typedef {import("./gestures.js").Grip} Grip
 * @typedef {import("./gestures.js").Pair} Pair
 * @typedef {import("./actions.js").Actions} Actions
 */

import { legOf } from "./body.js";
import { drag, nudge, transformLeg } from "./posing.js";
import { toCanvas } from "./view.js";

const EDGE = 26; // CSS pixels from the border in which a held joint pulls the view along
const PULL = 6; // CSS pixels that it is pulled in a frame
const STILL = 0.04; // a length changed by less is meant to stay
const TAPS_APART = 300; // milliseconds between the taps of a double tap

/**
 * A joint under the finger. The finger need not be in its middle: it moves as far as the finger does.
 *
 * @param {Actions} actions
 * @param {string} joint
 * @param {Place} from
 * @param {boolean} touch
 * @returns {Grip}
 */
export function jointGrip(actions, joint, from, touch) {
  const { store } = actions;
  const start = store.person;
  const [x, y] = start.keypoints[joint];
  const held = toCanvas(store.state.view, from);
  let finger = from;
  let frame = 0;
  const follow = () => {
    const to = toCanvas(store.state.view, finger);
    const [dx, dy] = [to.x - held.x, to.y - held.y];
    const moved = store.state.locked
      ? drag(start, joint, x + dx, y + dy)
      : nudge(start, joint, dx, dy);
    actions.show(moved, { ...finger, touch });
  };
  const pull = () => {
    frame = requestAnimationFrame(pull);
    if (actions.pull(finger, EDGE, PULL)) follow();
  };
  return {
    leg: legOf(joint),
    move: (place) => {
      finger = place;
      if (!frame) frame = requestAnimationFrame(pull);
      follow();
    },
    end: () => {
      cancelAnimationFrame(frame);
      actions.keep();
    },
    cancel: () => {
      cancelAnimationFrame(frame);
      actions.drop();
    },
    tap: () => actions.drop(),
  };
}

/**
 * The knob: turns a leg about its hip, and lengthens it.
 *
 * @param {Actions} actions
 * @param {import("./body.js").Leg} leg
 * @param {Place} hip on the screen
 * @param {Place} from
 * @returns {Grip}
 */
export function knobGrip(actions, leg, hip, from) {
  const start = actions.store.person;
  const turn = turning(hip, from);
  return {
    leg,
    move: (place) => {
      const { angle, factor } = turn(place);
      actions.show(transformLeg(start, leg, angle, factor), null);
    },
    end: () => actions.keep(),
    cancel: () => actions.drop(),
    tap: () => actions.drop(),
  };
}

/**
 * How a place has moved about another one, as an angle and a factor.
 *
 * @param {Place} about
 * @param {Place} from
 */
function turning(about, from) {
  const angleOf = (/** @type {Place} */ place) => Math.atan2(place.y - about.y, place.x - about.x);
  const far = (/** @type {Place} */ place) => Math.hypot(place.x - about.x, place.y - about.y);
  return (/** @type {Place} */ place) => {
    const factor = far(place) / Math.max(1, far(from));
    return { angle: angleOf(place) - angleOf(from), factor: settled(factor) };
  };
}

/** A length that hardly changed stays as it is, and beyond that nothing jumps. */
function settled(/** @type {number} */ factor) {
  if (Math.abs(factor - 1) < STILL) return 1;
  return factor > 1 ? factor - STILL : factor + STILL;
}

/**
 * The brush: one stroke of the mask.
 *
 * @param {Actions} actions
 * @param {Place} from
 * @returns {Grip}
 */
export function brushGrip(actions, from) {
  const { brush, view } = actions.store.state;
  const start = toCanvas(view, from);
  const stroke = { radius: brush.size / view.scale, erases: brush.erases, points: [start.x, start.y] };
  const reach = (/** @type {Place} */ place) => {
    const { x, y } = toCanvas(view, place);
    stroke.points.push(x, y);
    actions.paint(stroke, place);
  };
  return {
    move: reach,
    end: () => actions.painted(stroke),
    cancel: () => actions.unpainted(),
    tap: () => actions.painted(stroke),
  };
}

/**
 * The picture itself. A tap on it lets the joint go; two taps zoom in, and out again.
 *
 * @param {Actions} actions
 * @param {Place} from
 * @returns {Grip}
 */
export function panGrip(actions, from) {
  let last = from;
  return {
    move: (place) => {
      actions.pan(place.x - last.x, place.y - last.y);
      last = place;
    },
    end: () => undefined,
    cancel: () => undefined,
    tap: () => {
      const now = performance.now();
      if (now - actions.tappedAt < TAPS_APART) actions.zoomInOrOut(from);
      else actions.choose(null);
      actions.tappedAt = now;
    },
  };
}

/**
 * Two fingers on the picture: pan and zoom together.
 *
 * @param {Actions} actions
 * @param {Place} a
 * @param {Place} b
 * @returns {Pair}
 */
export function pinchPair(actions, a, b) {
  let [centre, apart] = [middle(a, b), gap(a, b)];
  return {
    move: (c, d) => {
      const [to, wide] = [middle(c, d), gap(c, d)];
      actions.pan(to.x - centre.x, to.y - centre.y);
      actions.zoom(wide / apart, to);
      [centre, apart] = [to, wide];
    },
    end: () => undefined,
  };
}

/**
 * Two fingers, the first of them on a leg: they turn and lengthen it about its hip.
 *
 * @param {Actions} actions
 * @param {import("./body.js").Leg} leg
 * @param {Place} a
 * @param {Place} b
 * @returns {Pair}
 */
export function legPair(actions, leg, a, b) {
  const start = actions.store.person;
  const angle = Math.atan2(b.y - a.y, b.x - a.x);
  return {
    move: (c, d) => {
      const turned = Math.atan2(d.y - c.y, d.x - c.x) - angle;
      const factor = settled(gap(c, d) / gap(a, b));
      actions.show(transformLeg(start, leg, turned, factor), null);
    },
    end: () => actions.keep(),
  };
}

/** @returns {Place} */
function middle(/** @type {Place} */ a, /** @type {Place} */ b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function gap(/** @type {Place} */ a, /** @type {Place} */ b) {
  return Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
}

/** Whether a place on the screen is within reach of another. */
export function isAt(/** @type {Place} */ a, /** @type {Place} */ b, /** @type {number} */ reach) {
  return Math.hypot(a.x - b.x, a.y - b.y) <= reach;
}
