/**
 * Puts the state on the screen: the picture in a layer of its own that is only ever transformed, a
 * canvas for those who are not edited, and a canvas for who is. A drag draws the last one only.
 *
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./store.js").State} State
 */

import { drawKnob, knobOf } from "./knob.js";
import { drawLoupe } from "./loupe.js";
import { drawPerson, ring } from "./paint.js";
import { any } from "./store.js";


const MOST_DENSITY = 2; // device pixels per CSS pixel of what is drawn: finer is not seen
const PALE = 0.55; // of people who are not edited
const BONE = 4; // CSS pixels
const LONGEST_SIDE = 2048; // pixels of what the loupe reads from

export class Layers {
  /**
   * @param {Store} store
   * @param {Document} page
   */
  constructor(store, page) {
    this.store = store;
    const find = (/** @type {string} */ id) => /** @type {any} */ (page.getElementById(id));
    /** @type {HTMLElement} */ this.stage = find("stage");
    /** @type {HTMLElement} */ this.world = find("world");
    /** @type {HTMLElement} */ this.photo = find("photo");
    /** @type {HTMLImageElement} */ this.picture = find("picture");
    /** @type {HTMLCanvasElement} */ this.others = find("others");
    /** @type {HTMLCanvasElement} */ this.chosen = find("chosen");
    /** @type {HTMLCanvasElement} */ this.loupe = find("loupe");
    /** @type {ImageBitmap | null} */ this.pixels = null;
    store.watch((changed, state) => this.draw(changed, state));
  }

  draw(/** @type {Set<string>} */ changed, /** @type {State} */ state) {
    if (any(changed, "stage")) this.resize(state);
    if (any(changed, "document")) this.place(state);
    if (any(changed, "view", "stage", "document")) this.transform(state);
    const seen = any(changed, "view", "stage", "document", "person", "history", "brushing");
    if (seen || any(changed, "conflict")) this.drawOthers(state);
    if (seen || any(changed, "conflict", "busy", "live", "joint", "finger", "brushAt")) this.drawChosen(state);
  }

  resize(/** @type {State} */ { stage }) {
    const density = Math.min(MOST_DENSITY, devicePixelRatio);
    for (const layer of [this.others, this.chosen]) {
      layer.width = Math.round(stage.width * density);
      layer.height = Math.round(stage.height * density);
      layer.getContext("2d")?.setTransform(density, 0, 0, density, 0, 0);
    }
  }

  place(/** @type {State} */ { document: { canvas, photo, picture } }) {
    const { style } = this.world;
    style.width = `${canvas.width}px`;
    style.height = `${canvas.height}px`;
    const frame = this.photo.style;
    frame.left = `${photo.x}px`;
    frame.top = `${photo.y}px`;
    frame.width = `${photo.width}px`;
    frame.height = `${photo.height}px`;
    if (!this.picture.src.endsWith(picture.url)) this.show(picture.url);
  }

  /** Show a picture once it is decoded: the old one stays until then. */
  async show(/** @type {string} */ url) {
    this.picture.src = url;
    await this.picture.decode().catch(() => undefined);
    if (!this.picture.naturalWidth) return;
    this.pixels = await createImageBitmap(this.picture, shrunk(this.picture));
  }

  transform(/** @type {State} */ { view }) {
    this.world.style.transform = `matrix(${view.scale},0,0,${view.scale},${view.x},${view.y})`;
    this.world.style.setProperty("--pixel", `${1 / view.scale}px`);
  }

  drawOthers(/** @type {State} */ state) {
    const ink = this.cleared(this.others, state);
    const look = { ...lookOf(state), handles: false, chosen: null, held: false, width: BONE - 1 };
    ink.globalAlpha = PALE;
    this.store.people.forEach((person, index) => {
      if (index !== state.person) drawPerson(ink, person, state.view, look);
    });
    if (state.conflict) this.drawGhost(ink, state, look);
    ink.globalAlpha = 1;
  }

  /** Draw where somebody else moved what was moved here, too. */
  drawGhost(
    /** @type {CanvasRenderingContext2D} */ ink,
    /** @type {State} */ state,
    /** @type {import("./paint.js").Look} */ look,
  ) {
    const ghost = state.conflict?.people[state.person];
    const colour = look.colours.chosen;
    const pink = { left: colour, right: colour, middle: colour, chosen: colour };
    ink.globalAlpha = 1;
    if (ghost) drawPerson(ink, ghost, state.view, { ...look, colours: pink });
  }

  drawChosen(/** @type {State} */ state) {
    const ink = this.cleared(this.chosen, state);
    const { person } = this.store;
    const look = lookOf(state);
    if (state.brushing) ink.globalAlpha = PALE;
    if (person) drawPerson(ink, person, state.view, { ...look, handles: !state.brushing });
    ink.globalAlpha = 1;
    const { brushing, finger, busy, conflict, joint, view, stage } = state;
    const free = !brushing && !finger && !busy && !conflict;
    const knob = free ? knobOf(person, joint, view, stage) : null;
    if (knob) drawKnob(ink, knob, look.colours.chosen);
    if (state.brushAt) this.drawBrush(ink, state);
    drawLoupe(this.loupe, state, this.pixels, person, look);
  }

  drawBrush(/** @type {CanvasRenderingContext2D} */ ink, /** @type {State} */ { brush, brushAt }) {
    if (brushAt) ring(ink, brushAt.x, brushAt.y, brush.size, brush.erases ? "#fff" : "#ff50a0");
  }

  cleared(/** @type {HTMLCanvasElement} */ layer, /** @type {State} */ { stage }) {
    const ink = /** @type {CanvasRenderingContext2D} */ (layer.getContext("2d"));
    ink.clearRect(0, 0, stage.width, stage.height);
    return ink;
  }
}

/** Keep what the loupe reads from small, however large the picture is. */
function shrunk(/** @type {HTMLImageElement} */ { naturalWidth: width, naturalHeight: height }) {
  const scale = LONGEST_SIDE / Math.max(width, height);
  if (scale >= 1) return {};
  return { resizeWidth: Math.round(width * scale), resizeHeight: Math.round(height * scale) };
}

/** @returns {import("./paint.js").Look} */
function lookOf(/** @type {State} */ state) {
  const { bones, colours, numbers } = state.document;
  const held = state.finger !== null;
  return { bones, colours, numbers, handles: true, chosen: state.joint, held, width: BONE };
}
