/**
 * The buttons and words around the picture: each shows the state and calls an action.
 *
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./store.js").State} State
 * @typedef {import("./actions.js").Actions} Actions
 * @typedef {import("./orders.js").Orders} Orders
 * @typedef {import("../common/words.js").Words} Words
 */

import { LEGS, isShown } from "./body.js";
import { any } from "./store.js";

const SHEETS = ["brush", "stances", "more"];
const READ = 6000; // milliseconds that a short sentence stays

export class Panel {
  /**
   * @param {Actions} actions
   * @param {Orders} orders
   * @param {Words} words
   * @param {{settle: (mine: boolean) => void}} saver
   */
  constructor(actions, orders, words, saver) {
    this.actions = actions;
    this.orders = orders;
    this.words = words;
    this.saver = saver;
    this.timer = 0;
    this.wire();
    actions.store.watch((changed, state) => this.draw(changed, state));
  }

  wire() {
    const { actions, orders, saver } = this;
    /** @type {[string, () => void][]} */
    const presses = [
      ["undo", () => actions.undo()],
      ["redo", () => actions.redo()],
      ["fit", () => actions.fit()],
      ["lock", () => actions.toggleLock()],
      ["context-close", () => actions.choose(null)],
      ["context-hide", () => this.toggleChosen()],
      ["keep-mine", () => saver.settle(true)],
      ["take-theirs", () => saver.settle(false)],
      ["paint", () => actions.brush({ erases: false })],
      ["erase", () => actions.brush({ erases: true })],
      ["clear", () => actions.clearMask()],
      ["export", () => orders.export()],
      ["import", () => find("file").click()],
      ["refine", () => orders.refine()],
      ["tab-move", () => actions.open(null)],
      ...SHEETS.map((name) => /** @type {any} */ ([`tab-${name}`, () => this.toggleSheet(name)])),
    ];
    for (const [id, press] of presses) find(id).addEventListener("click", press);
    for (const button of document.querySelectorAll("[data-edit]")) {
      button.addEventListener("click", () => orders.edit(button.getAttribute("data-edit") ?? ""));
    }
    for (const button of document.querySelectorAll("[data-leg]")) {
      button.addEventListener("click", () => this.toggleLeg(button.getAttribute("data-leg") ?? ""));
    }
    this.wireInputs();
  }

  wireInputs() {
    const size = /** @type {HTMLInputElement} */ (find("size"));
    size.addEventListener("input", () => this.actions.brush({ size: Number(size.value) }));
    const file = /** @type {HTMLInputElement} */ (find("file"));
    file.addEventListener("change", () => {
      if (file.files?.[0]) this.orders.import(file.files[0]);
      file.value = "";
    });
  }

  toggleSheet(/** @type {string} */ name) {
    this.actions.open(this.actions.store.state.sheet === name ? null : name);
  }

  toggleChosen() {
    const { joint } = this.actions.store.state;
    if (joint) this.orders.toggle(joint);
  }

  toggleLeg(/** @type {string} */ side) {
    this.orders.edit(`${this.isLegHidden(side) ? "restore" : "hide"} ${side} leg`);
  }

  isLegHidden(/** @type {string} */ side) {
    const { person } = this.actions.store;
    const { joints } = LEGS[/** @type {"left" | "right"} */ (side)];
    return Boolean(person) && joints.slice(1).every((joint) => !isShown(person, joint));
  }

  draw(/** @type {Set<string>} */ changed, /** @type {State} */ state) {
    if (any(changed, "document")) this.drawStances(state);
    if (any(changed, "document", "history", "person")) this.drawPeople(state);
    if (any(changed, "document", "history", "person", "joint", "sheet")) this.drawContext(state);
    if (any(changed, "history", "strokes", "brushing", "busy", "conflict")) this.drawTravels(state);
    if (any(changed, "sheet", "locked", "brush", "strokes", "history")) this.drawTools(state);
    if (any(changed, "history", "person", "document")) this.drawLegs();
    if (any(changed, "saved", "document")) find("status").textContent = this.say(`saved.${state.saved}`);
    if (any(changed, "conflict")) this.drawConflict(state);
    if (any(changed, "busy")) this.drawBusy(state);
  }

  say(/** @type {string} */ key, /** @type {Record<string, string | number>} */ names = {}) {
    return this.words.say(key, names);
  }

  drawStances(/** @type {State} */ { document: { stances } }) {
    const buttons = stances.map(({ name, label }) =>
      button("pill", label, () => this.orders.edit(`preset ${name}`)),
    );
    find("stances").replaceChildren(...buttons);
  }

  drawPeople(/** @type {State} */ state) {
    const people = find("people");
    const { length } = state.history.present;
    people.hidden = length < 2;
    if (length < 2) return;
    const buttons = state.history.present.map((_, index) => {
      const one = button("chip", String(index + 1), () => this.actions.choose(null, index));
      one.setAttribute("aria-label", this.say("person", { number: index + 1 }));
      one.setAttribute("aria-pressed", String(index === state.person));
      return one;
    });
    const held = people.contains(document.activeElement);
    people.replaceChildren(...buttons);
    if (held) buttons[state.person]?.focus();
  }

  drawContext(/** @type {State} */ { joint, sheet, history, document: { joints, numbers } }) {
    const { person } = this.actions.store;
    const known = joint !== null && person && joint in person.keypoints && sheet !== "brush";
    find("context").hidden = !known;
    find("hint").hidden = known || sheet !== null || history.past.length > 0;
    find("hint").textContent = this.say(person ? "hint" : "nobody");
    if (!known || !joint) return;
    const label = joints.find(({ name }) => name === joint)?.label ?? joint;
    const number = numbers.get(joint);
    find("context-name").textContent = number ? this.say("joint.numbered", { label, number }) : label;
    const key = person.hidden.includes(joint) ? "show" : "hide";
    find("context-hide").textContent = this.say(key);
  }

  drawTravels(/** @type {State} */ { history, strokes, brushing, busy, conflict }) {
    const travelled = brushing ? strokes : history;
    const stopped = Boolean(!brushing && (busy || conflict));
    enable("undo", travelled.past.length > 0 && !stopped);
    enable("redo", travelled.future.length > 0 && !stopped);
    enable("refine", !busy && !conflict && history.present.length > 0);
  }

  drawTools(/** @type {State} */ { sheet, locked, brush, strokes }) {
    press("lock", locked);
    press("tab-move", sheet === null);
    document.body.toggleAttribute("data-sheet", sheet !== null);
    find("sheet-move").hidden = sheet !== null;
    press("tab-brush", sheet === "brush");
    press("paint", !brush.erases);
    press("erase", brush.erases);
    enable("clear", strokes.present.length > 0);
    for (const name of SHEETS) find(`sheet-${name}`).hidden = sheet !== name;
    for (const name of ["stances", "more"]) {
      find(`tab-${name}`).setAttribute("aria-expanded", String(sheet === name));
    }
  }

  drawLegs() {
    const { person } = this.actions.store;
    for (const side of ["right", "left"]) {
      const key = `${this.isLegHidden(side) ? "restore" : "hide"}.${side}`;
      const leg = document.querySelector(`[data-leg=${side}]`);
      if (leg) leg.textContent = this.say(key);
    }
    for (const front of ["right", "left", "none"]) {
      const chosen = String((person?.front ?? "none") === front);
      document.querySelector(`[data-edit="front ${front}"]`)?.setAttribute("aria-pressed", chosen);
    }
  }

  drawConflict(/** @type {State} */ { conflict, document: { joints } }) {
    const asks = find("conflict");
    asks.hidden = !conflict;
    if (!conflict) return;
    const labels = conflict.conflicts.map(({ joint }) =>
      joint === "front" ? this.say("front") : joints.find(({ name }) => name === joint)?.label,
    );
    const told = [...new Set(labels)].join(", ");
    const key = told ? "conflict" : "conflict.all";
    find("conflict-text").textContent = this.say(key, { joints: told });
    find("keep-mine").focus();
  }

  drawBusy(/** @type {State} */ { busy }) {
    find("busy").hidden = !busy;
    if (!busy) return;
    const bar = /** @type {HTMLProgressElement} */ (find("busy-bar"));
    const { step, steps } = busy;
    if (steps > 0) bar.value = step / steps;
    else bar.removeAttribute("value");
    const key = steps > 0 ? "busy.step" : "busy";
    find("busy-text").textContent = this.say(key, { step, steps });
  }

  /** Say a short sentence over the picture. */
  tell(/** @type {string} */ sentence) {
    const toast = find("toast");
    toast.textContent = sentence;
    toast.hidden = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (toast.hidden = true), READ);
  }
}

/** @returns {HTMLElement} */
function find(/** @type {string} */ id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Switch a button off without taking the focus from whoever stands on it. */
function enable(/** @type {string} */ id, /** @type {boolean} */ possible) {
  find(id).setAttribute("aria-disabled", String(!possible));
}

function press(/** @type {string} */ id, /** @type {boolean} */ pressed) {
  find(id).setAttribute("aria-pressed", String(pressed));
}

/**
 * @param {string} name the class
 * @param {string} text
 * @param {() => void} click
 */
function button(name, text, click) {
  const made = document.createElement("button");
  made.className = name;
  made.textContent = text;
  made.addEventListener("click", click);
  return made;
}
