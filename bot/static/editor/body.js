/**
 * The body's joints and what hangs on what, as `pipeline/skeleton.py` has them.
 *
 * Left and right are the person's own.
 *
 * @typedef {[number, number, number]} Keypoint x and y in canvas pixels, score in 0..1
 * @typedef {object} Person
 * @property {Record<string, Keypoint>} keypoints what is known; missing joints are absent
 * @property {string[]} hidden joints that are known but switched off
 * @property {string[]} [guessed] joints that nobody saw
 * @property {"left" | "right" | null} front the leg that lies in front where the two cross
 * @typedef {{hip: string, knee: string, ankle: string, foot: string[], joints: string[]}} Leg
 * @typedef {{root: string, middle: string, end: string}} Chain two bones
 */

/** @returns {Leg} */
function leg(/** @type {"left" | "right"} */ side) {
  const foot = ["heel", "big_toe", "small_toe"].map((part) => `${side}_${part}`);
  const [hip, knee, ankle] = ["hip", "knee", "ankle"].map((part) => `${side}_${part}`);
  return { hip, knee, ankle, foot, joints: [hip, knee, ankle, ...foot] };
}

/** @type {{right: Leg, left: Leg}} */
export const LEGS = { right: leg("right"), left: leg("left") };

/** @type {Chain[]} */
export const CHAINS = [
  ...Object.values(LEGS).map(({ hip, knee, ankle }) => ({ root: hip, middle: knee, end: ankle })),
  { root: "right_shoulder", middle: "right_elbow", end: "right_wrist" },
  { root: "left_shoulder", middle: "left_elbow", end: "left_wrist" },
];

/** The same joint on the other side; the nose and the neck are their own. */
export function mirrored(/** @type {string} */ joint) {
  if (joint.startsWith("left_")) return joint.replace("left_", "right_");
  return joint.replace("right_", "left_");
}

/** @returns {"left" | "right" | "middle"} */
export function sideOf(/** @type {string} */ joint) {
  if (joint.startsWith("left_")) return "left";
  return joint.startsWith("right_") ? "right" : "middle";
}

/** The leg to which a joint belongs, or null. */
export function legOf(/** @type {string} */ joint) {
  return Object.values(LEGS).find((one) => one.joints.includes(joint)) ?? null;
}

/** Whether a joint is known and not switched off. */
export function isShown(/** @type {Person} */ person, /** @type {string} */ joint) {
  return joint in person.keypoints && !person.hidden.includes(joint);
}

/** Whether a place was found by nobody's eyes: it is drawn hollow. */
export function isUnsure(/** @type {Person} */ person, /** @type {string} */ joint) {
  const UNSURE = 0.5; // the score below which the pictures in the chat draw joints hollow, too
  return Boolean(person.guessed?.includes(joint)) || person.keypoints[joint][2] < UNSURE;
}

/**
 * A copy in which some joints are placed anew.
 *
 * @param {Person} person
 * @param {Record<string, Keypoint>} changes
 * @param {string[]} placed which of them a person placed: these are no guesses any more
 * @returns {Person}
 */
export function having(person, changes, placed) {
  const copy = { ...person, keypoints: { ...person.keypoints, ...changes } };
  if (person.guessed) copy.guessed = person.guessed.filter((joint) => !placed.includes(joint));
  return copy;
}
