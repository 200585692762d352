/** Shows a picture as large as the screen: before and after, and all its versions. */

import { byId, el } from "../common/dom.js";
import { dismissable } from "./sheets.js";
import { Slider } from "./slider.js";
import { Strip } from "./strip.js";

export class Viewer {
  /**
   * @param {import("../common/words.js").Words} words
   * @param {object} to
   * @param {(message: import("./api.js").Message, number: number) => void} to.goTo
   * @param {(message: import("./api.js").Message) => void} to.save
   */
  constructor(words, { goTo, save }) {
    this.words = words;
    this.dialog = byId("viewer", HTMLDialogElement);
    this.title = byId("viewer-title", HTMLElement);
    this.stage = byId("viewer-stage", HTMLElement);
    this.back = byId("viewer-back", HTMLButtonElement);
    this.download = byId("viewer-save", HTMLButtonElement);
    this.slider = new Slider(words);
    this.plain = el("img", { class: "whole" });
    this.strip = new Strip({ words, chosen: (number) => this.turn(number) });
    byId("viewer-versions", HTMLElement).append(this.strip.element);
    dismissable(this.dialog);
    this.back.addEventListener("click", () => {
      this.dialog.close();
      if (this.message) goTo(this.message, this.number);
    });
    this.download.addEventListener("click", () => {
      this.dialog.close();
      if (this.message) save(this.message);
    });
    this.number = 0;
  }

  /**
   * @param {import("./api.js").Message} message
   * @param {import("./api.js").Session | null} session
   */
  open(message, session) {
    this.message = message;
    this.session = session;
    const compares = Boolean(session?.versions.length) && !message.mine;
    this.stage.replaceChildren(compares ? this.slider.element : this.plain);
    if (compares) this.turn(session?.at ?? 1);
    else this.look(message);
    if (!this.dialog.open) this.dialog.showModal();
    if (compares) this.slider.grip.focus();
  }

  look(/** @type {import("./api.js").Message} */ { picture, text, mine }) {
    this.plain.src = picture?.url ?? "";
    this.plain.alt = mine ? this.words.say("photo.yours") : text;
    this.title.textContent = this.words.say(mine ? "photo.yours" : "picture");
    this.strip.show([], null);
    this.back.hidden = this.download.hidden = true;
  }

  /** Show another version. */
  turn(/** @type {number} */ number) {
    const { versions = [], at = null, photo } = this.session ?? {};
    const version = versions.find((one) => one.number === number) ?? versions[0];
    if (!version) return;
    this.number = version.number;
    this.slider.show(version, version.photo?.url ?? photo?.url ?? "");
    this.strip.show(versions, version.number);
    this.title.textContent = this.words.say("version", { number: version.number });
    this.back.hidden = version.number === at;
    this.download.hidden = version.number !== at;
  }
}
