/**
 * The knob beside a chosen leg: to turn it about the hip and to lengthen it with one finger.
 *
 * @typedef {import("./body.js").Person} Person
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").Place} Place
 */

import { isShown, legOf, mirrored } from "./body.js";
import { circle } from "./paint.js";
import { toScreen } from "./view.js";

const BESIDE = 52; // CSS pixels from what of the leg is furthest out
const FREE = 40; // from a handle, so that neither is taken for the other
const EDGE = 30; // from the stage's border
const RADIUS = 15;
const ARC = 0.32; // radians of the circle to each side that show where the knob goes
const DARK = "#101014";

/**
 * Where the knob and its hip are on the screen; null where no leg with a knee is chosen.
 *
 * @param {Person | undefined} person
 * @param {string | null} joint
 * @param {View} view
 * @param {import("./view.js").Size} stage
 * @returns {{leg: import("./body.js").Leg, hip: Place, at: Place} | null}
 */
export function knobOf(person, joint, view, stage) {
  const leg = joint && legOf(joint);
  if (!person || !leg || ![leg.hip, leg.knee].every((part) => isShown(person, part))) return null;
  const shown = leg.joints.filter((part) => isShown(person, part));
  const spots = shown.map((part) => toScreen(view, person.keypoints[part]));
  const [hip] = spots;
  const foot = spots[shown.indexOf(leg.ankle)] ?? spots[1];
  const out = outwards(person, leg.hip, hip, foot);
  const inwards = { x: -out.x, y: -out.y };
  const [first, second] = [out, inwards].map((way) => beside(spots, foot, way, stage));
  // At the stage's border there may be no room on the outer side.
  return { leg, hip, at: isFree(first, spots) || !isFree(second, spots) ? first : second };
}

/**
 * The place at the middle of a leg that lies beyond its knee to one side.
 *
 * @param {Place[]} spots the hip first, then the knee
 * @param {Place} foot
 * @param {Place} way a unit vector
 * @param {import("./view.js").Size} stage
 * @returns {Place}
 */
function beside([hip, knee], foot, way, stage) {
  const bulge = (knee.x - hip.x) * way.x + (knee.y - hip.y) * way.y;
  const far = Math.max(0, bulge) + BESIDE;
  return {
    x: within((hip.x + foot.x) / 2 + way.x * far, stage.width),
    y: within((hip.y + foot.y) / 2 + way.y * far, stage.height),
  };
}

function isFree(/** @type {Place} */ { x, y }, /** @type {Place[]} */ spots) {
  return spots.every((spot) => Math.hypot(spot.x - x, spot.y - y) > FREE);
}

function within(/** @type {number} */ value, /** @type {number} */ size) {
  return Math.min(Math.max(value, EDGE), Math.max(EDGE, size - EDGE));
}

/**
 * The unit vector square to the leg, away from the other one.
 *
 * @param {Person} person
 * @param {string} joint the hip
 * @param {Place} hip
 * @param {Place} foot
 */
function outwards(person, joint, hip, foot) {
  const length = Math.hypot(foot.x - hip.x, foot.y - hip.y) || 1;
  const square = { x: (foot.y - hip.y) / length, y: -(foot.x - hip.x) / length };
  const other = person.keypoints[mirrored(joint)];
  const away = other ? person.keypoints[joint][0] - other[0] : joint.startsWith("left") ? 1 : -1;
  return away * square.x >= 0 ? square : { x: -square.x, y: -square.y };
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {{hip: Place, at: Place}} knob
 * @param {string} colour
 */
export function drawKnob(ink, { hip, at }, colour) {
  const far = Math.hypot(at.x - hip.x, at.y - hip.y);
  const angle = Math.atan2(at.y - hip.y, at.x - hip.x);
  for (const [style, width] of /** @type {[string, number][]} */ ([[DARK, 5], [colour, 2]])) {
    ink.beginPath();
    ink.arc(hip.x, hip.y, far, angle - ARC, angle + ARC);
    ink.strokeStyle = style;
    ink.lineWidth = width;
    ink.stroke();
  }
  circle(ink, at.x, at.y, RADIUS);
  ink.fillStyle = DARK;
  ink.fill();
  ink.lineWidth = 2.5;
  ink.stroke();
  drawArrows(ink, at);
}

/** Two arrow heads round a knob: it turns. */
function drawArrows(/** @type {CanvasRenderingContext2D} */ ink, /** @type {Place} */ { x, y }) {
  ink.lineWidth = 2;
  ink.beginPath();
  ink.arc(x, y, 6.5, -2.4, 1);
  ink.stroke();
  ink.beginPath();
  ink.moveTo(x + 0.5, y + 3.5);
  ink.lineTo(x + 3.4, y + 6);
  ink.lineTo(x + 6.6, y + 3.4);
  ink.stroke();
}
