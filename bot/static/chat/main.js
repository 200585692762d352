/** The chat's page, put together. */

import { session } from "./api.js";
import { Announcer } from "./announcer.js";
import { Camera } from "./camera.js";
import { loadCommands } from "./commands.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { byId } from "../common/dom.js";
import { loadWords } from "../common/words.js";
import { keep, kept } from "./kept.js";
import { Line } from "./line.js";
import { pendingText } from "./pending.js";
import { Photos } from "./photos.js";
import { Preview } from "./preview.js";
import { commandOf, written } from "./rows.js";
import { Sending } from "./sending.js";
import { Sessions } from "./sessions.js";
import { dismissable } from "./sheets.js";
import { Talk } from "./talk.js";
import { Toasts } from "./toasts.js";
import { Viewer } from "./viewer.js";

const LANGUAGE = "toeframe.language";
const SPOKEN = /^\/?language (\w+)$/;
const LANGUAGES = ["en", "ko"];

class Chat {
  /** @param {import("../common/words.js").Words} words */
  constructor(words) {
    this.words = words;
    this.announcer = new Announcer(byId("aloud", HTMLElement), words);
    this.toasts = new Toasts(byId("toasts", HTMLElement), this.announcer);
    this.connection = new Connection(byId("connection", HTMLElement), words);
    this.welcome = byId("welcome", HTMLElement);
    const refuse = (/** @type {string} */ sentence) => this.toasts.show(sentence);
    this.line = new Line({
      language: () => words.language,
      heard: (note) => this.hear(note),
      changed: (state) => this.connection.show(state, this.line?.unsent.length ?? 0),
    });
    this.talk = new Talk(byId("messages", HTMLElement), byId("jump", HTMLButtonElement), {
      words,
      press: (message, token, button) => this.press(message, token, button),
      look: (message) => this.look(message),
      say: (message, command) => this.say(command, message.id),
      write: (text) => this.composer.write(`${text} `),
    });
    this.sessions = new Sessions(this.talk);
    this.sending = new Sending(words, { line: this.line, talk: this.talk, refuse });
    this.preview = new Preview(words, { send: (photo) => this.send(photo), refuse });
    this.camera = new Camera(words, { found: (files) => this.preview.open(files), refuse });
    this.photos = new Photos({
      found: (files) => this.preview.open(files),
      camera: () => this.camera.open(),
    });
    this.viewer = new Viewer(words, {
      goTo: (message, number) => this.talk.views.get(message.id)?.goTo(number),
      save: (message) => this.save(message),
    });
    /** @type {import("./commands.js").Command[]} */
    this.menu = [];
    this.composer = new Composer({
      say: (text) => this.say(text),
      commands: async () => {
        if (!this.menu.length) this.menu = await loadCommands(words.language);
        return this.menu;
      },
    });
    /** What was said and is not confirmed. @type {Map<string, HTMLElement>} */
    this.saying = new Map();
    /** Buttons that wait for their answer. @type {Map<string, HTMLButtonElement>} */
    this.pressing = new Map();
    this.saves = false;
    this.offer();
    for (const note of this.line.unsent) if (note.type === "say") this.expect(note.id, String(note.text));
    this.line.open();
  }

  /** Let the page's own buttons do what they say. */
  offer() {
    const sources = byId("sources", HTMLDialogElement);
    const choices = byId("choices", HTMLDialogElement);
    for (const dialog of [sources, choices]) dismissable(dialog);
    on("attach", () => sources.showModal());
    on("more", () => choices.showModal());
    for (const place of ["source", "welcome"]) {
      on(`${place}-choose`, () => this.photos.choose());
      on(`${place}-shoot`, () => this.photos.shoot());
      on(`${place}-sample`, () => this.say("/sample"));
    }
    const other = LANGUAGES.find((language) => language !== this.words.language);
    on("language", () => this.say(`/language ${other}`));
    for (const button of choices.querySelectorAll("[data-say]")) {
      button.addEventListener("click", () => this.say(`/${button.getAttribute("data-say")}`));
    }
    addEventListener("keydown", (event) => this.key(event));
  }

  /** Write wherever one is; `/` begins a command. */
  key(/** @type {KeyboardEvent} */ event) {
    const { target } = event;
    const elsewhere = target === document.body || (target instanceof Element && !target.closest("dialog, textarea"));
    if (event.key === "/" && elsewhere && !event.ctrlKey && !event.metaKey) this.composer.field.focus();
  }

  /** @param {any} note what the bot says */
  hear(note) {
    switch (note.type) {
      case "hello":
        return this.greet(note);
      case "message":
        return this.show(note.message);
      case "gone":
        this.talk.gone(note.id);
        return this.freshen();
      case "answer":
        return this.answer(note);
      case "taken":
        return this.taken(note.id);
      case "error":
        return this.toasts.show(note.text);
    }
  }

  /** @param {{messages: import("./api.js").Message[], limits?: {bytes: number}}} hello */
  greet({ messages, limits }) {
    this.preview.limit = limits?.bytes ?? Infinity;
    const isFirst = this.talk.views.size === 0;
    for (const message of messages) isFirst ? this.announcer.know(message) : this.announcer.hear(message);
    this.talk.all(messages);
    for (const message of messages) this.sessions.look(message);
    this.freshen();
  }

  show(/** @type {import("./api.js").Message} */ message) {
    this.talk.show(message);
    this.announcer.hear(message);
    this.sessions.look(message);
    this.freshen();
    if (message.file && this.saves && !message.mine) {
      this.saves = false;
      this.talk.views.get(message.id)?.file.click();
    }
  }

  /** Greet who has said nothing yet. */
  freshen() {
    this.welcome.hidden = !this.talk.isEmpty;
    document.body.classList.toggle("fresh", this.talk.isEmpty);
  }

  say(/** @type {string} */ text, /** @type {string | undefined} */ reply_to = undefined) {
    const id = this.line.send({ type: "say", text, ...(reply_to ? { reply_to } : {}) });
    this.expect(id, text);
    this.connection.show(this.line.state, this.line.unsent.length);
  }

  expect(/** @type {string} */ id, /** @type {string} */ text) {
    const element = pendingText(text);
    this.saying.set(id, element);
    element.dataset.text = text;
    this.talk.add(element);
    this.freshen();
  }

  taken(/** @type {string} */ id) {
    const said = this.saying.get(id);
    this.talk.arrived(said);
    this.saying.delete(id);
    this.settle(id);
    this.freshen();
    if (said) this.spoken(said.dataset.text ?? "");
  }

  /**
   * @param {string} message
   * @param {string} token
   * @param {HTMLButtonElement | null} button
   */
  press(message, token, button) {
    const id = this.line.send({ type: "press", token, message });
    if (button) this.pressing.set(id, button);
    button?.classList.add("pressing");
    this.connection.show(this.line.state, this.line.unsent.length);
  }

  /** @param {{press: string, text: string | null, link?: string | null}} answer */
  answer({ press, text, link }) {
    const button = this.settle(press);
    if (text) this.toasts.show(text);
    if (button) this.spoken(commandOf(button.dataset.token ?? ""));
    if (link && new URL(link, location.href).origin === location.origin) location.assign(link);
  }

  /** Let a button rest, unless it was pressed again meanwhile. */
  settle(/** @type {string} */ press) {
    const button = this.pressing.get(press);
    this.pressing.delete(press);
    if (button && ![...this.pressing.values()].includes(button)) button.classList.remove("pressing");
    return button;
  }

  /** Speak another language from now on, if that is what was asked for. */
  spoken(/** @type {string} */ command) {
    const [, language] = SPOKEN.exec(command.toLowerCase()) ?? [];
    if (!LANGUAGES.includes(language) || language === this.words.language) return;
    keep("localStorage", LANGUAGE, language);
    location.reload();
  }

  send(/** @type {import("./preview.js").Photo} */ photo) {
    this.sending.send(photo).then(() => this.freshen());
    this.freshen();
  }

  /** Show a picture large, with what was before. */
  async look(/** @type {import("./api.js").Message} */ message) {
    const found = message.session && !message.mine ? await session(message.session).catch(() => null) : null;
    this.viewer.open(message, found);
  }

  /** Ask for the file of a picture, and save it when it comes. */
  save(/** @type {import("./api.js").Message} */ message) {
    const token = message.rows.flat()[0]?.token;
    this.saves = true;
    if (token) this.press(message.id, written(token, "file"), null);
    else this.say("/file", message.id);
  }
}

function on(/** @type {string} */ id, /** @type {() => void} */ pressed) {
  byId(id, HTMLButtonElement).addEventListener("click", pressed);
}

/** The language that was chosen here, or else the first of the browser's that we have. */
function language() {
  const wanted = [kept("localStorage", LANGUAGE), ...navigator.languages];
  const known = wanted.map((code) => code?.split("-")[0] ?? "");
  return known.find((code) => LANGUAGES.includes(code)) ?? LANGUAGES[0];
}

const words = await loadWords("chat", language());
words.fill(document);
new Chat(words);
