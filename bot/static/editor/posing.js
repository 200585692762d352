/**
 * What a drag does to a skeleton: the same as `pipeline/posing.py`, number for number.
 *
 * Pure functions that return a new person. What needs no answer within a frame (presets, mirror,
 * swap) is asked of the server instead, so that there is only one of it.
 *
 * @typedef {import("./body.js").Person} Person
 * @typedef {import("./body.js").Leg} Leg
 * @typedef {import("./body.js").Chain} Chain
 * @typedef {import("./body.js").Keypoint} Keypoint
 * @typedef {[number, number]} Point
 */

import { CHAINS, LEGS, having, mirrored } from "./body.js";

export const SMALLEST_SCALE = 0.2;
export const LARGEST_SCALE = 5;

/**
 * Move one joint by pixels; an ankle takes its foot along. Limb lengths change: see `drag`.
 *
 * @param {Person} person
 * @param {string} joint
 * @param {number} dx
 * @param {number} dy
 */
export function nudge(person, joint, dx, dy) {
  const [x, y] = person.keypoints[joint];
  const foot = carried(person, footBelow(joint), dx, dy);
  return having(person, { ...foot, [joint]: placed(x + dx, y + dy) }, [joint]);
}

/**
 * Pull a joint towards a place on the canvas as a body would follow.
 *
 * An ankle (or wrist) bends its knee; a knee (or elbow) turns about the hip and pulls the ankle
 * along; a big toe or a heel turns the foot about the ankle; a hip takes its leg along.
 *
 * @param {Person} person
 * @param {string} joint
 * @param {number} x
 * @param {number} y
 */
export function drag(person, joint, x, y) {
  const chain = CHAINS.find((one) => joint === one.end || joint === one.middle);
  if (chain && [chain.root, chain.middle, chain.end].every((part) => part in person.keypoints)) {
    const pull = joint === chain.end ? pullEnd : pullMiddle;
    return pull(person, chain, [x, y]);
  }
  return dragInLeg(person, joint, x, y);
}

/**
 * @param {Person} person
 * @param {string} joint
 * @param {number} x
 * @param {number} y
 */
function dragInLeg(person, joint, x, y) {
  const [fromX, fromY] = person.keypoints[joint];
  for (const leg of Object.values(LEGS)) {
    const turns = joint === leg.foot[0] || joint === leg.foot[1];
    if (turns && leg.ankle in person.keypoints) return turnFoot(person, leg, joint, [x, y]);
    if (joint === leg.hip) {
      const below = carried(person, leg.joints.slice(1), x - fromX, y - fromY);
      return having(person, { ...below, [joint]: placed(x, y) }, [joint]);
    }
  }
  return nudge(person, joint, x - fromX, y - fromY);
}

/**
 * Turn a whole leg about its hip, clockwise as seen, and lengthen it from there.
 *
 * @param {Person} person
 * @param {Leg} leg
 * @param {number} angle radians
 * @param {number} factor
 */
export function transformLeg(person, leg, angle, factor) {
  const scale = Math.min(LARGEST_SCALE, Math.max(SMALLEST_SCALE, factor));
  return turned(person, leg.joints.slice(1), person.keypoints[leg.hip], angle, scale);
}

/** @returns {Keypoint} */
function placed(/** @type {number} */ x, /** @type {number} */ y) {
  return [x, y, 1];
}

function footBelow(/** @type {string} */ joint) {
  return Object.values(LEGS).find((leg) => leg.ankle === joint)?.foot ?? [];
}

/**
 * Shift joints, hidden ones too; they stay as sure or unsure as they were.
 *
 * @param {Person} person
 * @param {string[]} joints
 * @param {number} dx
 * @param {number} dy
 * @returns {Record<string, Keypoint>}
 */
function carried({ keypoints }, joints, dx, dy) {
  const known = joints.filter((joint) => joint in keypoints);
  return Object.fromEntries(
    known.map((joint) => {
      const [x, y, score] = keypoints[joint];
      return [joint, [x + dx, y + dy, score]];
    }),
  );
}

/**
 * Bend two bones so that their end reaches the target, by the law of cosines.
 *
 * @param {Person} person
 * @param {Chain} chain
 * @param {Point} target
 */
function pullEnd(person, chain, target) {
  const [root, middle, end] = [chain.root, chain.middle, chain.end].map(
    (joint) => person.keypoints[joint],
  );
  const upper = distance(root, middle);
  const lower = distance(middle, end);
  const towards = direction(root, target) ?? direction(root, end) ?? [0, 1];
  const far = Math.hypot(target[0] - root[0], target[1] - root[1]);
  const reach = Math.min(Math.max(far, Math.abs(upper - lower)), upper + lower);
  const bend = Math.acos(cosine(upper, reach, lower)) * bendSide(person, chain);
  const angle = Math.atan2(towards[1], towards[0]) + bend;
  const knee = placed(root[0] + upper * Math.cos(angle), root[1] + upper * Math.sin(angle));
  const ankle = placed(root[0] + reach * towards[0], root[1] + reach * towards[1]);
  const foot = carried(person, footBelow(chain.end), ankle[0] - end[0], ankle[1] - end[1]);
  const moved = { ...foot, [chain.middle]: knee, [chain.end]: ankle };
  return having(person, moved, [chain.middle, chain.end]);
}

/**
 * Turn the upper bone to the target; the end follows as little as it can.
 *
 * @param {Person} person
 * @param {Chain} chain
 * @param {Point} target
 */
function pullMiddle(person, chain, target) {
  const [root, middle, end] = [chain.root, chain.middle, chain.end].map(
    (joint) => person.keypoints[joint],
  );
  const upper = distance(root, middle);
  const lower = distance(middle, end);
  const towards = direction(root, target) ?? direction(root, middle) ?? [0, 1];
  const knee = placed(root[0] + upper * towards[0], root[1] + upper * towards[1]);
  const onwards = direction(knee, end) ?? towards;
  const dx = knee[0] + lower * onwards[0] - end[0];
  const dy = knee[1] + lower * onwards[1] - end[1];
  const foot = carried(person, footBelow(chain.end), dx, dy);
  const moved = { ...foot, [chain.middle]: knee, [chain.end]: placed(end[0] + dx, end[1] + dy) };
  return having(person, moved, [chain.middle, chain.end]);
}

/**
 * @param {Person} person
 * @param {Leg} leg
 * @param {string} joint
 * @param {Point} target
 */
function turnFoot(person, leg, joint, target) {
  const ankle = person.keypoints[leg.ankle];
  const before = direction(ankle, person.keypoints[joint]);
  const after = direction(ankle, target);
  if (!before || !after) return person;
  const angle = Math.atan2(after[1], after[0]) - Math.atan2(before[1], before[0]);
  return turned(person, leg.foot, ankle, angle, 1);
}

/**
 * Turn and scale joints about a point.
 *
 * @param {Person} person
 * @param {string[]} joints
 * @param {Keypoint} about
 * @param {number} angle
 * @param {number} factor
 */
function turned(person, joints, about, angle, factor) {
  const c = factor * Math.cos(angle);
  const s = factor * Math.sin(angle);
  const known = joints.filter((joint) => joint in person.keypoints);
  const moved = known.map((joint) => {
    const [dx, dy] = [0, 1].map((axis) => person.keypoints[joint][axis] - about[axis]);
    return [joint, placed(about[0] + c * dx - s * dy, about[1] + s * dx + c * dy)];
  });
  return having(person, Object.fromEntries(moved), known);
}

function distance(/** @type {Keypoint} */ a, /** @type {Keypoint} */ b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/**
 * The unit vector from one place to another, or null where they are the same.
 *
 * @param {number[]} start
 * @param {number[]} target
 * @returns {Point | null}
 */
function direction(start, target) {
  const dx = target[0] - start[0];
  const dy = target[1] - start[1];
  const length = Math.hypot(dx, dy);
  return length > 0 ? [dx / length, dy / length] : null;
}

/**
 * The cosine of the angle between two sides, 1 where a side has no length.
 *
 * @param {number} adjacent
 * @param {number} reach
 * @param {number} opposite
 */
function cosine(adjacent, reach, opposite) {
  if (adjacent * reach === 0) return 1;
  const ratio = (adjacent ** 2 + reach ** 2 - opposite ** 2) / (2 * adjacent * reach);
  return Math.min(1, Math.max(-1, ratio));
}

/**
 * +1 where the middle joint lies clockwise of the line from root to end, else -1.
 *
 * A straight limb bends outwards, away from its partner.
 *
 * @param {Person} person
 * @param {Chain} chain
 */
function bendSide({ keypoints }, chain) {
  const [root, middle, end] = [chain.root, chain.middle, chain.end].map((joint) => keypoints[joint]);
  const cross =
    (end[0] - root[0]) * (middle[1] - root[1]) - (end[1] - root[1]) * (middle[0] - root[0]);
  const straight = 1e-9 * Math.max(1, distance(root, end) * distance(root, middle));
  if (Math.abs(cross) > straight) return Math.sign(cross);
  const partner = keypoints[mirrored(chain.root)];
  const byName = chain.root.startsWith("right") ? -1 : 1;
  const outwards = partner ? root[0] - partner[0] : byName;
  return copysign(-outwards * (end[1] - root[1]));
}

/** 1 with a number's sign; -0 has one too, as in Python. */
function copysign(/** @type {number} */ value) {
  return value < 0 || Object.is(value, -0) ? -1 : 1;
}
