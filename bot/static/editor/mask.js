/**
 * The mask that is painted by hand: strokes as values, so that they can be undone and drawn at any
 * size. White is what is made anew.
 *
 * @typedef {import("./store.js").Stroke} Stroke
 * @typedef {import("./store.js").State} State
 */

import { any } from "./store.js";

const LONGEST_SIDE = 1280; // pixels of what is shown; what is sent has the canvas's own
const INK = "#ff50a0";

/** Shows the mask on a canvas that lies in the world, so that a zoom draws nothing anew. */
export class Mask {
  /**
   * @param {import("./store.js").Store} store
   * @param {HTMLCanvasElement} layer
   */
  constructor(store, layer) {
    this.layer = layer;
    this.scale = 1;
    store.watch((changed, state) => {
      if (any(changed, "document")) this.resize(state);
      if (any(changed, "document", "strokes")) this.draw(state.strokes.present);
    });
  }

  resize(/** @type {State} */ { document: { canvas } }) {
    this.scale = Math.min(1, LONGEST_SIDE / Math.max(canvas.width, canvas.height));
    this.layer.width = Math.round(canvas.width * this.scale);
    this.layer.height = Math.round(canvas.height * this.scale);
  }

  draw(/** @type {Stroke[]} */ strokes) {
    const ink = /** @type {CanvasRenderingContext2D} */ (this.layer.getContext("2d"));
    ink.clearRect(0, 0, this.layer.width, this.layer.height);
    for (const stroke of strokes) drawStroke(ink, stroke, this.scale, INK);
  }

  /** Go on with a stroke that is still being painted: only its new part is drawn. */
  extend(/** @type {Stroke} */ stroke) {
    const ink = /** @type {CanvasRenderingContext2D} */ (this.layer.getContext("2d"));
    const part = { ...stroke, points: stroke.points.slice(-4) };
    drawStroke(ink, part, this.scale, INK);
  }
}

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {Stroke} stroke
 * @param {number} scale
 * @param {string} colour
 */
function drawStroke(ink, { radius, erases, points }, scale, colour) {
  ink.globalCompositeOperation = erases ? "destination-out" : "source-over";
  ink.strokeStyle = colour;
  ink.lineWidth = 2 * radius * scale;
  ink.lineCap = ink.lineJoin = "round";
  ink.beginPath();
  ink.moveTo(points[0] * scale - 0.01, points[1] * scale); // a tap has a length, too: it is seen
  for (let at = 0; at < points.length; at += 2) ink.lineTo(points[at] * scale, points[at + 1] * scale);
  ink.stroke();
  ink.globalCompositeOperation = "source-over";
}

/** Whether a mask would make anything new. */
export function isPainted(/** @type {Stroke[]} */ strokes) {
  return strokes.some((stroke) => !stroke.erases);
}

/**
 * The mask as a picture file at the canvas's own size, white on black.
 *
 * @param {Stroke[]} strokes
 * @param {{width: number, height: number}} canvas
 * @returns {Promise<Blob>}
 */
export async function maskFile(strokes, canvas) {
  const strokesOnly = new OffscreenCanvas(canvas.width, canvas.height);
  const ink = /** @type {any} */ (strokesOnly.getContext("2d"));
  for (const stroke of strokes) drawStroke(ink, stroke, 1, "#fff");
  ink.globalCompositeOperation = "destination-over";
  ink.fillStyle = "#000";
  ink.fillRect(0, 0, canvas.width, canvas.height);
  return strokesOnly.convertToBlob({ type: "image/png" });
}
