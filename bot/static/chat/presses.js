/** Buttons that were pressed and wait for their answer. */

import { commandOf, written } from "./rows.js";

export class Presses {
  /** @param {import("./line.js").Line} line */
  constructor(line) {
    this.line = line;
    /** @type {Map<string, {token: string, button: HTMLButtonElement | null}>} */
    this.open = new Map();
  }

  /**
   * @param {string} message
   * @param {string} token
   * @param {HTMLButtonElement | null} button
   */
  press(message, token, button) {
    this.open.set(this.line.send({ type: "press", token, message }), { token, button });
    button?.classList.add("pressing");
  }

  /**
   * Have a command carried out that a card has no button for, as if it had one; tells whether it
   * has any.
   *
   * @param {import("./api.js").Message} message
   * @param {string} command
   */
  command(message, command) {
    const token = message.rows.flat()[0]?.token;
    if (token) this.press(message.id, written(token, command), null);
    return Boolean(token);
  }

  /** Let a button rest, unless it was pressed again meanwhile; returns what it stood for. */
  settle(/** @type {string} */ id) {
    const pressed = this.open.get(id);
    this.open.delete(id);
    const others = [...this.open.values()].map(({ button }) => button);
    if (pressed && !others.includes(pressed.button)) pressed.button?.classList.remove("pressing");
    return pressed ? commandOf(pressed.token) : null;
  }
}
