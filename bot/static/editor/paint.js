/**
 * Draws people: bones, handles, numbers. What it looks like is as in the chat's pictures
 * (`pipeline/preview.py`): what nobody saw is hollow and dashed, the front leg lies on top.
 *
 * @typedef {import("./body.js").Person} Person
 * @typedef {import("./view.js").View} View
 * @typedef {object} Look
 * @property {[string, string][]} bones
 * @property {Record<string, string>} colours by side; `chosen` of the chosen joint
 * @property {Map<string, number>} numbers of leg joints
 * @property {boolean} handles whether joints are large enough to be held
 * @property {string | null} chosen
 * @property {boolean} held whether the chosen joint is under a finger
 * @property {number} width of a bone, CSS pixels
 */

import { LEGS, isShown, isUnsure, sideOf } from "./body.js";
import { toScreen } from "./view.js";

const DARK = "#101014";
const WHITE = "#fff";
const NUMBERED = 12; // radii in CSS pixels
const PLAIN = 6.5;
const DOT = 4.5;
const RING = 18;

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {Person} person
 * @param {View} view
 * @param {Look} look
 */
export function drawPerson(ink, person, view, look) {
  ink.lineCap = "round";
  const front = person.front ? LEGS[person.front].joints : [];
  for (const onTop of [false, true]) {
    for (const [a, b] of look.bones) {
      if (onTop !== (front.includes(a) && front.includes(b))) continue;
      if (isShown(person, a) && isShown(person, b)) drawBone(ink, person, [a, b], view, look);
    }
  }
  const inOrder = Object.keys(person.keypoints).sort(
    (one, other) => rank(one, front, look) - rank(other, front, look),
  );
  for (const joint of inOrder) drawJoint(ink, person, joint, view, look);
}

/**
 * Later ones lie on top.
 *
 * @param {string} joint
 * @param {string[]} front
 * @param {Look} look
 */
function rank(joint, front, look) {
  if (joint === look.chosen) return 4;
  return (look.numbers.has(joint) ? 2 : 0) + (front.includes(joint) ? 1 : 0);
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {Person} person
 * @param {[string, string]} bone
 * @param {View} view
 * @param {Look} look
 */
function drawBone(ink, person, [a, b], view, look) {
  const start = toScreen(view, person.keypoints[a]);
  const end = toScreen(view, person.keypoints[b]);
  const unsure = isUnsure(person, a) || isUnsure(person, b);
  const side = sideOf(b);
  ink.beginPath();
  ink.moveTo(start.x, start.y);
  ink.lineTo(end.x, end.y);
  ink.setLineDash(unsure ? [look.width * 2, look.width * 2.5] : []);
  ink.strokeStyle = DARK;
  ink.lineWidth = look.width + 2.5;
  ink.stroke();
  ink.strokeStyle = look.colours[side === "middle" ? sideOf(a) : side];
  ink.lineWidth = look.width;
  ink.stroke();
  ink.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {Person} person
 * @param {string} joint
 * @param {View} view
 * @param {Look} look
 */
function drawJoint(ink, person, joint, view, look) {
  const { x, y } = toScreen(view, person.keypoints[joint]);
  const number = look.numbers.get(joint);
  const chosen = joint === look.chosen;
  const colour = chosen ? look.colours.chosen : look.colours[sideOf(joint)];
  if (!look.handles) return isShown(person, joint) ? disc(ink, x, y, DOT, colour, false) : undefined;
  if (!isShown(person, joint)) return drawHidden(ink, x, y, colour);
  if (chosen && look.held) return drawHeld(ink, x, y, colour);
  if (chosen) ring(ink, x, y, RING, colour);
  const hollow = isUnsure(person, joint);
  disc(ink, x, y, number === undefined ? PLAIN : NUMBERED, colour, hollow);
  if (number !== undefined) write(ink, String(number), x, y, hollow ? WHITE : DARK);
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 * @param {boolean} hollow
 */
function disc(ink, x, y, radius, colour, hollow) {
  circle(ink, x, y, radius + 1.5);
  ink.fillStyle = DARK;
  ink.fill();
  circle(ink, x, y, hollow ? radius - 1 : radius);
  ink.fillStyle = ink.strokeStyle = colour;
  ink.lineWidth = 2.5;
  if (hollow) ink.stroke();
  else ink.fill();
}

/** A ring that leaves free what lies under the finger. */
function drawHeld(
  /** @type {CanvasRenderingContext2D} */ ink,
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {string} */ colour,
) {
  ring(ink, x, y, RING, colour);
  disc(ink, x, y, 2.5, colour, false);
}

/** A small crossed-out circle: a joint that can be brought back. */
function drawHidden(
  /** @type {CanvasRenderingContext2D} */ ink,
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {string} */ colour,
) {
  ink.globalAlpha *= 0.75;
  disc(ink, x, y, PLAIN, colour, true);
  ink.beginPath();
  ink.moveTo(x - 3, y + 3);
  ink.lineTo(x + 3, y - 3);
  ink.lineWidth = 2;
  ink.stroke();
  ink.globalAlpha /= 0.75;
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 */
export function ring(ink, x, y, radius, colour) {
  circle(ink, x, y, radius);
  ink.strokeStyle = DARK;
  ink.lineWidth = 5.5;
  ink.stroke();
  ink.strokeStyle = colour;
  ink.lineWidth = 2.5;
  ink.stroke();
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function circle(ink, x, y, radius) {
  ink.beginPath();
  ink.arc(x, y, radius, 0, 2 * Math.PI);
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 */
function write(ink, text, x, y, colour) {
  ink.font = "700 14px system-ui, sans-serif";
  ink.textAlign = "center";
  ink.textBaseline = "middle";
  ink.fillStyle = colour;
  ink.fillText(text, x, y + 0.5);
}
