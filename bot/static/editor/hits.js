/**
 * Which handle a finger means.
 *
 * @typedef {import("./body.js").Person} Person
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").Place} Place
 * @typedef {{person: number, joint: string}} Handle
 */

import { legOf } from "./body.js";
import { toScreen } from "./view.js";

export const REACH = 22; // CSS pixels from a handle's middle: a target of 44
const ON_LEG = 0.7; // legs are what people come for: they win where handles crowd
const CHOSEN = 0.75; // so does what was chosen before
const OTHER_PERSON = 8; // CSS pixels that somebody else's handle must be nearer
const SWITCHED_OFF = 6; // and that a hidden one must be

/**
 * The nearest handle within reach; a leg's before others.
 *
 * @param {Person[]} people
 * @param {View} view
 * @param {Place} place on the screen
 * @param {{person: number, joint: string | null}} chosen
 * @returns {Handle | null}
 */
export function handleAt(people, view, place, chosen) {
  let best = null;
  let least = Infinity;
  people.forEach((person, index) => {
    for (const joint of Object.keys(person.keypoints)) {
      const cost = costOf(person, joint, view, place, index === chosen.person, chosen.joint);
      if (cost < least) {
        least = cost;
        best = { person: index, joint };
      }
    }
  });
  return best;
}

/**
 * @param {Person} person
 * @param {string} joint
 * @param {View} view
 * @param {Place} place
 * @param {boolean} edited whether this person is the one that is edited
 * @param {string | null} chosen
 */
function costOf(person, joint, view, place, edited, chosen) {
  const spot = toScreen(view, person.keypoints[joint]);
  const away = Math.hypot(spot.x - place.x, spot.y - place.y);
  if (away > REACH) return Infinity;
  const weight = (legOf(joint) ? ON_LEG : 1) * (edited && joint === chosen ? CHOSEN : 1);
  const extra = (edited ? 0 : OTHER_PERSON) + (person.hidden.includes(joint) ? SWITCHED_OFF : 0);
  return away * weight + extra;
}
