/** One message of the conversation, changed in place whenever the bot changes it. */

import { attribute, el, icon } from "../common/dom.js";
import { lineOf } from "./lines.js";
import { PictureFrame } from "./picture.js";
import { commandOf, Rows } from "./rows.js";
import { Strip } from "./strip.js";
import { read } from "./telling.js";

const TENTHS = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

/**
 * What a message needs of the page.
 *
 * @typedef {object} Desk
 * @property {import("../common/words.js").Words} words
 * @property {(message: string, token: string, button: HTMLButtonElement | null) => void} press
 * @property {(message: import("./api.js").Message) => void} look
 * @property {(message: import("./api.js").Message, command: string) => void} order
 * @property {(text: string) => void} write puts a text where one types
 */

export class MessageView {
  /**
   * @param {import("./api.js").Message} message
   * @param {Desk} desk
   */
  constructor(message, desk) {
    this.desk = desk;
    this.message = message;
    this.author = el("span", { class: "unseen" }, desk.words.say(message.mine ? "you" : "bot"));
    this.frame = new PictureFrame(desk.words, () => desk.look(this.message));
    this.bar = el("progress", { class: "bar" });
    this.text = el("div", { class: "text" });
    const goTo = (/** @type {number} */ number) => desk.order(this.message, `version ${number}`);
    this.strip = new Strip({ words: desk.words, chosen: goTo });
    this.rows = new Rows(desk.words, (token, button) => desk.press(this.message.id, token, button));
    this.file = el("a", { class: "file" });
    this.body = el("div", { class: "body" }, this.author, this.frame.element, this.bar);
    this.body.append(this.text, this.strip.element, this.rows.element, this.file);
    this.element = el("li", { class: "message" }, this.body);
    this.strip.element.hidden = true;
    this.show(message);
  }

  show(/** @type {import("./api.js").Message} */ message) {
    this.message = message;
    const telling = read(message.text);
    const shows = message.rows.length > 0 || message.picture !== null;
    const isCard = message.session !== null && shows;
    this.element.classList.toggle("mine", message.mine);
    this.element.classList.toggle("card", isCard && !message.mine);
    this.element.classList.toggle("result", isCard && this.offers("file"));
    this.element.classList.toggle("posing", isCard && this.offers("refine"));
    this.element.dataset.id = message.id;
    this.frame.show(message.picture, this.altOf(message, telling.lines));
    this.frame.compares(this.hasBefore);
    this.tell(telling);
    this.rows.show(message.rows);
    this.attach(message.file);
  }

  /** Whether there is a picture before this one, once the session's pictures are known. */
  get hasBefore() {
    return Boolean(this.session?.versions.length) && this.offers("file");
  }

  /** Whether there is a button for a command. */
  offers(/** @type {string} */ command) {
    return this.message.rows.flat().some(({ token }) => commandOf(token) === command);
  }

  /** Show the tree of versions that the message's session has. */
  versions(/** @type {import("./api.js").Session | null} */ session) {
    this.session = session;
    this.frame.compares(this.hasBefore);
    this.strip.show(session?.versions ?? [], session?.at ?? null);
  }

  altOf(/** @type {import("./api.js").Message} */ message, /** @type {string[]} */ lines) {
    if (message.mine) return this.desk.words.say("photo.yours");
    return this.desk.words.say("picture.of", { text: lines[0] ?? "" });
  }

  tell(/** @type {import("./telling.js").Telling} */ { lines, step, steps }) {
    const works = this.offers("cancel");
    this.element.classList.toggle("working", works);
    this.bar.hidden = !works;
    attribute(this.bar, "value", steps === null ? null : String(step));
    attribute(this.bar, "max", steps === null ? null : String(steps));
    this.bar.setAttribute("aria-label", lines[0] ?? "");
    const told = lines.filter((line) => line !== "" || !this.element.classList.contains("card"));
    if (told.join("\n") === this.said) return;
    this.said = told.join("\n");
    this.text.replaceChildren(...told.flatMap((line) => [lineOf(line, this.desk.write), " "]));
    this.text.hidden = this.said === "";
  }

  attach(/** @type {import("./api.js").Message["file"]} */ file) {
    this.file.hidden = file === null;
    if (file === null || this.file.getAttribute("href") === file.url) return;
    this.file.href = file.url;
    this.file.download = file.name;
    const named = el("span", { class: "name" }, file.name);
    const size = el("span", { class: "size" }, sizeOf(file, this.desk.words));
    this.file.replaceChildren(icon("download"), el("span", {}, named, size));
  }
}

/**
 * @param {{name: string, size: number}} file
 * @param {import("../common/words.js").Words} words
 */
function sizeOf({ name, size }, words) {
  const megabytes = (size / 1e6).toLocaleString(words.region, TENTHS);
  return words.say("file.size", { kind: name.split(".").pop()?.toUpperCase() ?? "", megabytes });
}
