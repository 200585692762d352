/**
 * Where the canvas lies on the screen: pan and zoom as values.
 *
 * A place on the screen, in CSS pixels of the stage, is `canvas * scale + (x, y)`.
 *
 * @typedef {import("./body.js").Person} Person
 * @typedef {{scale: number, x: number, y: number}} View
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 * @typedef {{width: number, height: number}} Size
 * @typedef {{x: number, y: number}} Place
 */

import { isShown } from "./body.js";

const MOST_GROWTH = 0.6; // of the canvas that a first view shows outside of it, each side
const MARGIN = 20; // CSS pixels free all round, so that a handle at the border can be held
const BELOW = 64; // and below, where what is told of a joint would cover the feet
const ROOMY = 420; // CSS pixels of height from which there is room for that
const LARGEST = 12; // CSS pixels that one canvas pixel may become
const KEPT = 80; // CSS pixels of the world that always stay on the screen

/** @returns {Place} */
export function toScreen(/** @type {View} */ view, /** @type {number[]} */ point) {
  return { x: point[0] * view.scale + view.x, y: point[1] * view.scale + view.y };
}

/** @returns {Place} */
export function toCanvas(/** @type {View} */ view, /** @type {Place} */ place) {
  return { x: (place.x - view.x) / view.scale, y: (place.y - view.y) / view.scale };
}

/**
 * The canvas and everybody's joints, which may lie outside of it.
 *
 * @param {Size} canvas
 * @param {Person[]} people
 * @returns {Box}
 */
export function world(canvas, people) {
  const box = { left: 0, top: 0, right: canvas.width, bottom: canvas.height };
  for (const person of people) {
    for (const [joint, [x, y]] of Object.entries(person.keypoints)) {
      if (!isShown(person, joint)) continue;
      box.left = Math.min(box.left, x);
      box.top = Math.min(box.top, y);
      box.right = Math.max(box.right, x);
      box.bottom = Math.max(box.bottom, y);
    }
  }
  return box;
}

/**
 * Show the whole world, or as much of it as leaves the picture large enough to work on.
 *
 * @param {Size} canvas
 * @param {Person[]} people
 * @param {Size} stage
 * @returns {View}
 */
export function fitted(canvas, people, stage) {
  const all = world(canvas, people);
  const wide = MOST_GROWTH * canvas.width;
  const high = MOST_GROWTH * canvas.height;
  const box = {
    left: Math.max(all.left, -wide),
    top: Math.max(all.top, -high),
    right: Math.min(all.right, canvas.width + wide),
    bottom: Math.min(all.bottom, canvas.height + high),
  };
  const below = stage.height < ROOMY ? MARGIN : BELOW;
  const across = Math.max(1, stage.width - 2 * MARGIN) / (box.right - box.left);
  const down = Math.max(1, stage.height - MARGIN - below) / (box.bottom - box.top);
  const scale = Math.min(across, down, LARGEST);
  return {
    scale,
    x: stage.width / 2 - ((box.left + box.right) / 2) * scale,
    y: (stage.height + MARGIN - below) / 2 - ((box.top + box.bottom) / 2) * scale,
  };
}

/** @returns {View} */
export function panned(/** @type {View} */ view, /** @type {number} */ dx, /** @type {number} */ dy) {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/**
 * Zoom about a place on the screen, which stays where it is.
 *
 * @param {View} view
 * @param {number} factor
 * @param {Place} about
 * @param {number} smallest the least scale
 * @returns {View}
 */
export function zoomed(view, factor, about, smallest) {
  const scale = Math.min(LARGEST, Math.max(smallest, view.scale * factor));
  const ratio = scale / view.scale;
  return {
    scale,
    x: about.x + (view.x - about.x) * ratio,
    y: about.y + (view.y - about.y) * ratio,
  };
}

/**
 * Keep some of the world on the screen, so that nobody gets lost.
 *
 * @param {View} view
 * @param {Box} box
 * @param {Size} stage
 * @returns {View}
 */
export function confined(view, box, stage) {
  const least = toScreen(view, [box.left, box.top]);
  const most = toScreen(view, [box.right, box.bottom]);
  const dx = Math.max(0, KEPT - most.x) - Math.max(0, least.x - (stage.width - KEPT));
  const dy = Math.max(0, KEPT - most.y) - Math.max(0, least.y - (stage.height - KEPT));
  return panned(view, dx, dy);
}
