/** The buttons under a message, as the bot gives them, changed in place. */

import { attribute, el } from "../common/dom.js";

const CHOSEN = "• "; // how the bot marks which of several holds
const MAIN = new Set(["refine", "sample"]); // what one most likely wants next
/** How arrows are read out. @type {Record<string, string>} */
const ARROWS = { "←": "arrow.left", "↑": "arrow.up", "→": "arrow.right", "↓": "arrow.down" };

/** The command that a button stands for, which carries `session:revision:command`. */
export function commandOf(/** @type {string} */ token) {
  return token.split(":").slice(2).join(":") || token;
}

/** Write another command in the way of a button's token. */
export function written(/** @type {string} */ token, /** @type {string} */ command) {
  return [...token.split(":").slice(0, 2), command].join(":");
}

export class Rows {
  /**
   * @param {import("../common/words.js").Words} words
   * @param {(token: string, button: HTMLButtonElement) => void} pressed
   */
  constructor(words, pressed) {
    this.words = words;
    this.pressed = pressed;
    this.element = el("div", { class: "rows" });
  }

  /**
   * Show rows; a button that stays is the same element, so that no tap and no focus is lost.
   *
   * @param {import("./api.js").Button[][]} rows
   */
  show(rows) {
    const focused = this.element.contains(document.activeElement) && document.activeElement;
    const known = new Map(this.buttons.map((button) => [button.dataset.command, button]));
    while (this.element.children.length > rows.length) this.element.lastElementChild?.remove();
    for (const [index, row] of rows.entries()) {
      this.row(this.element.children[index] ?? this.added(), row, known);
    }
    this.element.hidden = rows.length === 0;
    if (focused && !focused.isConnected) this.buttons[0]?.focus();
    else if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }

  get buttons() {
    return [...this.element.querySelectorAll("button")];
  }

  added() {
    const row = el("div", { class: "row", role: "group" });
    this.element.append(row);
    return row;
  }

  /**
   * @param {Element} element
   * @param {import("./api.js").Button[]} row
   * @param {Map<string | undefined, HTMLButtonElement>} known
   */
  row(element, row, known) {
    const buttons = row.map((button) => {
      const shown = known.get(commandOf(button.token)) ?? this.button();
      known.delete(commandOf(button.token));
      this.dress(shown, button);
      return shown;
    });
    const same = buttons.length === element.children.length;
    if (same && buttons.every((button, index) => button === element.children[index])) return;
    element.replaceChildren(...buttons);
  }

  button() {
    const button = el("button", { type: "button" });
    button.addEventListener("click", () => this.pressed(button.dataset.token ?? "", button));
    return button;
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {import("./api.js").Button} as
   */
  dress(button, { text, token, editor }) {
    const chosen = text.startsWith(CHOSEN);
    const label = chosen ? text.slice(CHOSEN.length) : text;
    const command = commandOf(token);
    if (button.textContent !== label) button.textContent = label;
    button.dataset.token = token;
    button.dataset.command = command;
    button.classList.toggle("main", MAIN.has(command));
    button.classList.toggle("quiet", command === "cancel");
    button.classList.toggle("arrow", label in ARROWS);
    button.classList.toggle("editor", Boolean(editor));
    attribute(button, "aria-current", chosen ? "true" : null);
    attribute(button, "aria-label", label in ARROWS ? this.words.say(ARROWS[label]) : null);
  }
}
