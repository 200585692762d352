/**
 * Brings two people's edits of one pose together, joint by joint.
 *
 * @typedef {import("./body.js").Person} Person
 */

const MARKS = /** @type {("hidden" | "guessed")[]} */ (["hidden", "guessed"]);

/**
 * What both changed since `base`; where both changed the same, mine stands.
 *
 * @param {Person[]} base
 * @param {Person[]} mine
 * @param {Person[]} theirs
 */
export function merged(base, mine, theirs) {
  if (mine.length !== theirs.length || base.length !== mine.length) return mine;
  return mine.map((person, index) => mergedPerson(base[index], person, theirs[index]));
}

/**
 * Theirs where both moved a joint, mine elsewhere.
 *
 * @param {Person[]} base
 * @param {Person[]} mine
 * @param {Person[]} theirs
 */
export function yielded(base, mine, theirs) {
  return merged(base, theirs, mine);
}

/**
 * @param {Person} base
 * @param {Person} first whose changes win
 * @param {Person} second
 * @returns {Person}
 */
function mergedPerson(base, first, second) {
  const joints = [first, second].flatMap(({ keypoints }) => Object.keys(keypoints));
  /** @type {Person["keypoints"]} */
  const keypoints = {};
  for (const joint of new Set(joints)) {
    const from = changed(base.keypoints[joint], first.keypoints[joint]) ? first : second;
    if (from.keypoints[joint]) keypoints[joint] = from.keypoints[joint];
  }
  const person = { ...first, keypoints, front: first.front === base.front ? second.front : first.front };
  for (const mark of MARKS) {
    if (first[mark]) person[mark] = mergedMarks(base[mark], first[mark], second[mark]);
  }
  return person;
}

/**
 * @param {string[]} base
 * @param {string[]} first
 * @param {string[]} second
 */
function mergedMarks(base = [], first = [], second = []) {
  const all = new Set([...base, ...first, ...second]);
  return [...all].filter((joint) => {
    const from = base.includes(joint) !== first.includes(joint) ? first : second;
    return from.includes(joint);
  });
}

/** @returns {boolean} */
function changed(/** @type {number[] | undefined} */ a, /** @type {number[] | undefined} */ b) {
  return String(a) !== String(b);
}
