/** What was typed and is not confirmed: it stands in the conversation, paler, until it is. */

import { pendingText } from "./pending.js";

export class Sayings {
  /**
   * @param {import("./line.js").Line} line
   * @param {import("./talk.js").Talk} talk
   */
  constructor(line, talk) {
    this.line = line;
    this.talk = talk;
    /** @type {Map<string, {text: string, element: HTMLElement}>} */
    this.open = new Map();
    // What was said before a reload is on its way still.
    const said = line.unsent.filter(({ type }) => type === "say");
    for (const { id, text } of said) this.expect(id, String(text));
  }

  /**
   * @param {string} text
   * @param {string} [message] which message it is about
   */
  say(text, message) {
    const about = message ? { reply_to: message } : {};
    this.expect(this.line.send({ type: "say", text, ...about }), text);
  }

  expect(/** @type {string} */ id, /** @type {string} */ text) {
    const element = pendingText(text);
    this.open.set(id, { text, element });
    this.talk.add(element);
  }

  /** Take what is confirmed from among it; returns what it said. */
  taken(/** @type {string} */ id) {
    const said = this.open.get(id);
    this.open.delete(id);
    this.talk.arrived(said?.element);
    return said?.text ?? null;
  }
}
