/**
 * From pointers to gestures: what one finger holds, what two fingers do, what a wheel does.
 *
 * A grip is what was taken hold of: a joint, the knob, the brush, the picture. It follows the finger
 * until the finger is lifted; a second finger ends it and makes a pair.
 *
 * @typedef {import("./view.js").Place} Place
 * @typedef {object} Grip
 * @property {(place: Place) => void} move
 * @property {() => void} end
 * @property {() => void} cancel the gesture became another one: nothing happened
 * @property {() => void} [tap] it was let go where it was taken
 * @property {import("./body.js").Leg | null} [leg] which two fingers would turn
 * @typedef {{move: (a: Place, b: Place) => void, end: () => void}} Pair
 * @typedef {object} Hands
 * @property {(place: Place, touch: boolean, pans: boolean) => Grip} grip
 * @property {(a: Place, b: Place, leg: import("./body.js").Leg | null) => Pair} pair
 * @property {(place: Place | null) => void} hover
 * @property {(factor: number, about: Place) => void} zoom
 * @property {(dx: number, dy: number) => void} pan
 * @property {(fingers: number) => void} tapped by several fingers at once
 */

const SLACK = 5; // CSS pixels in which a finger is still where it was
const TAP = 350; // milliseconds, for a tap of several fingers
const LINE = 16; // CSS pixels that a wheel's line is long
const PER_PIXEL = 0.0018; // how fast a wheel zooms
const PER_PINCH = 0.01; // how fast a trackpad's pinch does

export class Gestures {
  /**
   * @param {HTMLElement} stage
   * @param {Hands} hands
   */
  constructor(stage, hands) {
    this.stage = stage;
    this.hands = hands;
    /** @type {Map<number, {from: Place, now: Place}>} */
    this.fingers = new Map();
    /** @type {Grip | null} */
    this.grip = null;
    /** @type {Pair | null} */
    this.pair = null;
    this.moved = false;
    this.most = 0; // fingers at once since the first came down
    this.began = 0;
    this.listen();
  }

  listen() {
    const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ hear) =>
      this.stage.addEventListener(type, hear, { passive: false });
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event, true));
    on("pointercancel", (event) => this.up(event, false));
    on("pointerleave", () => this.hands.hover(null));
    on("wheel", (event) => this.wheel(event));
    on("contextmenu", (event) => event.preventDefault());
    // Else browsers see a swipe, too, and take the next tap for what stops it.
    on("touchstart", (event) => isOnPicture(event) && event.preventDefault());
  }

  /** @returns {Place} */
  placeOf(/** @type {MouseEvent} */ event) {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  down(/** @type {PointerEvent} */ event) {
    if (!isOnPicture(event) || event.button > 1) return;
    event.preventDefault();
    this.stage.setPointerCapture(event.pointerId);
    const place = this.placeOf(event);
    this.fingers.set(event.pointerId, { from: place, now: place });
    if (this.fingers.size === 1) this.first(place, event);
    else if (this.fingers.size === 2) this.second();
    this.most = Math.max(this.most, this.fingers.size);
  }

  first(/** @type {Place} */ place, /** @type {PointerEvent} */ event) {
    this.most = 1;
    this.began = event.timeStamp;
    this.moved = false;
    this.grip = this.hands.grip(place, event.pointerType !== "mouse", event.button === 1);
  }

  /** A second finger came: what the first one did is taken back. */
  second() {
    const leg = this.grip?.leg ?? null;
    this.grip?.cancel();
    this.grip = null;
    const [a, b] = [...this.fingers.values()];
    a.from = a.now;
    this.pair = this.hands.pair(a.now, b.now, leg);
  }

  move(/** @type {PointerEvent} */ event) {
    const finger = this.fingers.get(event.pointerId);
    const place = this.placeOf(event);
    if (!finger) {
      if (event.pointerType === "mouse") this.hands.hover(place);
      return;
    }
    finger.now = place;
    const away = Math.hypot(place.x - finger.from.x, place.y - finger.from.y);
    if (away > (event.pointerType === "mouse" ? 1 : SLACK)) this.moved = true;
    if (!this.moved) return;
    this.grip?.move(place);
    if (this.pair) this.pair.move(...this.two());
  }

  /** @returns {[Place, Place]} */
  two() {
    const [a, b] = [...this.fingers.values()];
    return [a.now, b.now];
  }

  up(/** @type {PointerEvent} */ event, /** @type {boolean} */ meant) {
    if (!this.fingers.delete(event.pointerId)) return;
    if (this.pair && this.fingers.size < 2) {
      this.pair.end();
      this.pair = null;
    }
    if (this.grip) this.letGo(meant);
    if (this.fingers.size) return;
    const quick = event.timeStamp - this.began < TAP;
    if (meant && this.most > 1 && quick && !this.moved) this.hands.tapped(this.most);
  }

  letGo(/** @type {boolean} */ meant) {
    const { grip } = this;
    this.grip = null;
    if (!meant) grip?.cancel();
    else if (this.moved) grip?.end();
    else if (grip?.tap) grip.tap();
    else grip?.end();
  }

  wheel(/** @type {WheelEvent} */ event) {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    if (event.shiftKey && !event.ctrlKey) {
      this.hands.pan(-(event.deltaX || event.deltaY) * unit, 0);
      return;
    }
    const speed = event.ctrlKey ? PER_PINCH : PER_PIXEL;
    this.hands.zoom(Math.exp(-event.deltaY * unit * speed), this.placeOf(event));
  }
}

/** Whether something happened on the picture, and not on what lies over it. */
function isOnPicture(/** @type {Event} */ { target }) {
  return !(/** @type {HTMLElement} */ (target).closest("button, section, .context, .people"));
}
