/**
 * What lies under a finger: decides which grip it gets.
 *
 * @typedef {import("./actions.js").Actions} Actions
 * @typedef {import("./gestures.js").Hands} Hands
 */

import { brushGrip, isAt, jointGrip, knobGrip, legPair, panGrip, pinchPair } from "./grips.js";
import { REACH, handleAt } from "./hits.js";
import { knobOf } from "./knob.js";
import { tick } from "./telegram.js";

const UNDO = 2; // fingers that tap to undo
const REDO = 3;

/** @returns {Hands} */
export function handsOf(/** @type {Actions} */ actions) {
  return {
    grip: (place, touch, pans) => gripAt(actions, place, touch, pans),
    pair: (a, b, leg) => (leg ? legPair(actions, leg, a, b) : pinchPair(actions, a, b)),
    hover: (place) => hover(actions, place),
    zoom: (factor, about) => actions.zoom(factor, about),
    pan: (dx, dy) => actions.pan(dx, dy),
    tapped: (fingers) => {
      if (fingers === UNDO) actions.undo();
      if (fingers === REDO) actions.redo();
    },
  };
}

/**
 * @param {Actions} actions
 * @param {import("./view.js").Place} place
 * @param {boolean} touch
 * @param {boolean} pans
 */
function gripAt(actions, place, touch, pans) {
  const { state, people, person } = actions.store;
  if (pans || !actions.isIdle) return panGrip(actions, place);
  if (state.brushing) return brushGrip(actions, place);
  const handle = handleAt(people, state.view, place, state);
  const knob = knobOf(person, state.joint, state.view, state.stage);
  if (knob && isAt(place, knob.at, REACH) && handle?.joint !== state.joint) {
    return knobGrip(actions, knob.leg, knob.hip, place);
  }
  if (!handle) return panGrip(actions, place);
  actions.choose(handle.joint, handle.person);
  if (touch) tick();
  const hidden = people[handle.person].hidden.includes(handle.joint);
  if (hidden) return { ...panGrip(actions, place), tap: () => undefined };
  return jointGrip(actions, handle.joint, place, touch);
}

/** Show the brush where a mouse would paint. */
function hover(/** @type {Actions} */ actions, /** @type {import("./view.js").Place | null} */ place) {
  const { brushing, brushAt } = actions.store.state;
  if (brushing && actions.isIdle) actions.store.change({ brushAt: place });
  else if (brushAt) actions.store.change({ brushAt: null });
}
