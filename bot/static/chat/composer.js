/** The writing line, with the commands that fit what is typed. */

import { attribute, byId, el } from "../common/dom.js";
import { fitting } from "./commands.js";

export class Composer {
  /**
   * @param {object} to
   * @param {(text: string) => void} to.say
   * @param {() => Promise<import("./commands.js").Command[]>} to.commands
   */
  constructor({ say, commands }) {
    this.say = say;
    this.commands = commands;
    this.form = byId("writing", HTMLFormElement);
    this.field = byId("say", HTMLTextAreaElement);
    this.send = byId("send", HTMLButtonElement);
    this.list = byId("suggestions", HTMLUListElement);
    /** @type {import("./commands.js").Command[]} */
    this.offered = [];
    this.at = -1;
    /** @type {string | null} */
    this.waved = null;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => setTimeout(() => this.offer([]), 150));
    this.field.addEventListener("focus", () => this.changed());
    // A tap on a suggestion must not take the keyboard away.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.changed();
  }

  async changed() {
    const typed = this.field.value;
    this.send.disabled = typed.trim() === "";
    this.grow();
    if (typed !== this.waved) this.waved = null;
    if (typed === "") return this.offer([]);
    const known = await this.commands();
    if (typed === this.field.value && typed !== this.waved) this.offer(fitting(known, typed));
  }

  /** Be as high as what is written. */
  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  key(/** @type {KeyboardEvent} */ event) {
    if (event.isComposing) return; // Korean letters are still being put together
    const moves = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const chosen = this.offered[this.at];
      if (chosen) this.choose(chosen);
      else this.submit();
    } else if (event.key === "Escape") this.wave();
    else if (event.key === "Tab" && !event.shiftKey && this.offered.length) {
      event.preventDefault();
      this.fill(this.offered[Math.max(0, this.at)]);
    } else if (moves && this.offered.length) {
      event.preventDefault();
      this.mark((this.at + moves + this.offered.length) % this.offered.length);
    }
  }

  /** Put the suggestions away for what is typed now, also those that are still on their way. */
  wave() {
    this.waved = this.field.value;
    this.offer([]);
  }

  submit() {
    const text = this.field.value.trim();
    if (!text) return;
    this.write("");
    this.say(text);
  }

  choose(/** @type {import("./commands.js").Command} */ command) {
    if (command.takesMore) return this.fill(command);
    this.write("");
    this.say(`/${command.name}`);
  }

  fill(/** @type {import("./commands.js").Command} */ { name }) {
    this.write(`/${name} `);
  }

  /** Put a text into the line, to go on with. */
  write(/** @type {string} */ text) {
    this.field.value = text;
    this.changed();
    if (text) this.field.focus();
  }

  offer(/** @type {import("./commands.js").Command[]} */ commands) {
    this.offered = commands;
    this.list.hidden = commands.length === 0;
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
    this.list.replaceChildren(...commands.map((command, index) => this.option(command, index)));
    this.list.scrollTop = 0;
    this.mark(-1);
  }

  option(/** @type {import("./commands.js").Command} */ command, /** @type {number} */ index) {
    const name = el("strong", {}, `/${command.name}`);
    const told = el("span", {}, command.told);
    const named = { role: "option", id: `option-${index}`, "aria-selected": "false" };
    const option = el("li", named, name, told);
    option.addEventListener("click", () => this.choose(command));
    return option;
  }

  mark(/** @type {number} */ at) {
    this.at = at;
    for (const [index, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(index === at));
    }
    attribute(this.field, "aria-activedescendant", at < 0 ? null : `option-${at}`);
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
  }
}
