/**
 * The loupe above the finger: what the finger covers, larger, with the joint in its middle.
 *
 * @typedef {import("./store.js").State} State
 */

import { drawPerson } from "./paint.js";
import { toScreen } from "./view.js";

const SIZE = 136; // CSS pixels across
const ABOVE = 104; // from the finger to the loupe's middle
const LARGER = 2.2; // than the picture is on the screen
const LEAST = 0.6; // CSS pixels that one canvas pixel becomes at least
const MOST_DENSITY = 2;
const INK = "#ff50a0";

/**
 * Draw the loupe, or put it away where no touching finger holds a joint.
 *
 * @param {HTMLCanvasElement} loupe
 * @param {State} state
 * @param {ImageBitmap | null} pixels the picture
 * @param {import("./body.js").Person | undefined} person
 * @param {import("./paint.js").Look} look
 */
export function drawLoupe(loupe, state, pixels, person, look) {
  const shown = Boolean(state.finger?.touch && state.joint && person);
  if (loupe.hidden === shown) loupe.hidden = !shown;
  if (!shown || !person || !state.joint || !state.finger) return;
  const point = person.keypoints[state.joint];
  place(loupe, state.finger, state.stage);
  const ink = sized(loupe);
  const scale = Math.max(LARGER * state.view.scale, LEAST);
  const view = { scale, x: SIZE / 2 - point[0] * scale, y: SIZE / 2 - point[1] * scale };
  ink.clearRect(0, 0, SIZE, SIZE);
  drawPicture(ink, state, pixels, view);
  drawPerson(ink, person, view, { ...look, handles: false, chosen: null, width: 2 });
  drawCross(ink);
}

/**
 * Stand above the finger, or beside it where there is no room.
 *
 * @param {HTMLCanvasElement} loupe
 * @param {{x: number, y: number}} finger
 * @param {import("./view.js").Size} stage
 */
function place(loupe, finger, stage) {
  const half = SIZE / 2;
  const above = finger.y - ABOVE;
  const beside = finger.x > stage.width / 2 ? finger.x - ABOVE : finger.x + ABOVE;
  const x = above < half ? beside : Math.min(Math.max(finger.x, half), stage.width - half);
  loupe.style.transform = `translate(${x - half}px, ${Math.max(above, half) - half}px)`;
}

/** @returns {CanvasRenderingContext2D} */
function sized(/** @type {HTMLCanvasElement} */ loupe) {
  const density = Math.min(MOST_DENSITY, devicePixelRatio);
  const ink = /** @type {CanvasRenderingContext2D} */ (loupe.getContext("2d"));
  if (loupe.width !== SIZE * density) {
    loupe.width = loupe.height = SIZE * density;
    ink.setTransform(density, 0, 0, density, 0, 0);
  }
  return ink;
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {State} state
 * @param {ImageBitmap | null} pixels
 * @param {import("./view.js").View} view
 */
function drawPicture(ink, { document: { canvas } }, pixels, view) {
  if (!pixels) return;
  // Only what the loupe shows is handed over: a large picture costs no more than a small one.
  const ratio = pixels.width / canvas.width;
  const left = Math.max(0, -view.x / view.scale);
  const top = Math.max(0, -view.y / view.scale);
  const right = Math.min(canvas.width, (SIZE - view.x) / view.scale);
  const bottom = Math.min(canvas.height, (SIZE - view.y) / view.scale);
  if (right <= left || bottom <= top) return;
  const at = toScreen(view, [left, top]);
  const [width, height] = [right - left, bottom - top];
  ink.drawImage(
    pixels,
    ...[left, top, width, height].map((value) => value * ratio),
    ...[at.x, at.y, width * view.scale, height * view.scale],
  );
}

/** A cross with an open middle. */
function drawCross(/** @type {CanvasRenderingContext2D} */ ink) {
  const [middle, inner, outer] = [SIZE / 2, 5, 18];
  for (const [style, width] of /** @type {[string, number][]} */ ([["#101014", 4], [INK, 1.5]])) {
    ink.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      ink.moveTo(middle + dx * inner, middle + dy * inner);
      ink.lineTo(middle + dx * outer, middle + dy * outer);
    }
    ink.strokeStyle = style;
    ink.lineWidth = width;
    ink.stroke();
  }
}
