/** The chat's page, put together. */

import { byId } from "../common/dom.js";
import { loadWords } from "../common/words.js";
import { Announcer } from "./announcer.js";
import { session } from "./api.js";
import { Camera } from "./camera.js";
import { loadCommands } from "./commands.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { keep, kept } from "./kept.js";
import { Line } from "./line.js";
import { offer } from "./offers.js";
import { Photos } from "./photos.js";
import { Presses } from "./presses.js";
import { Preview } from "./preview.js";
import { Sayings } from "./sayings.js";
import { Sending } from "./sending.js";
import { Sessions } from "./sessions.js";
import { Talk } from "./talk.js";
import { Toasts } from "./toasts.js";
import { Viewer } from "./viewer.js";

const LANGUAGE = "toeframe.language";
const LANGUAGES = ["en", "ko"];
const SPEAK = /^\/?language (\w+)$/;

/** @typedef {import("./api.js").Message} Message */

class Chat {
  /** @param {import("../common/words.js").Words} words */
  constructor(words) {
    this.words = words;
    this.welcome = byId("welcome", HTMLElement);
    this.announcer = new Announcer(byId("aloud", HTMLElement), words);
    this.toasts = new Toasts(byId("toasts", HTMLElement), this.announcer);
    this.connection = new Connection(byId("connection", HTMLElement), words);
    this.line = new Line({
      language: () => words.language,
      heard: (note) => this.hear(note),
      changed: (state, waiting) => this.connection.show(state, waiting),
    });
    this.presses = new Presses(this.line);
    this.talk = this.talking();
    this.sayings = new Sayings(this.line, this.talk);
    this.sessions = new Sessions(this.talk);
    this.viewer = new Viewer(words, {
      goTo: (message, number) => this.order(message, `version ${number}`),
      save: (message) => this.save(message),
    });
    this.preview = this.previewing();
    this.composer = this.composing();
    this.saves = false;
    addEventListener("keydown", (event) => this.key(event));
    this.line.open();
  }

  talking() {
    return new Talk(byId("messages", HTMLElement), byId("jump", HTMLButtonElement), {
      words: this.words,
      press: (message, token, button) => this.presses.press(message, token, button),
      order: (message, command) => this.order(message, command),
      look: (message) => this.look(message),
      write: (text) => this.composer.write(`${text} `),
    });
  }

  /** Let photos come in, be looked at, and go out. */
  previewing() {
    const { words, line, talk } = this;
    const refuse = (/** @type {string} */ sentence) => this.toasts.show(sentence);
    const sending = new Sending(words, { line, talk, refuse });
    const preview = new Preview(words, { send: (photo) => this.send(sending.send(photo)), refuse });
    const found = (/** @type {File[]} */ files) => preview.open(files);
    const camera = new Camera(words, { found, refuse });
    const photos = new Photos({ found, camera: () => camera.open() });
    const language = LANGUAGES.find((one) => one !== words.language) ?? "";
    offer({ photos, say: (command) => this.say(command), language });
    return preview;
  }

  composing() {
    /** @type {import("./commands.js").Command[]} */
    let menu = [];
    const commands = async () => {
      if (!menu.length) menu = await loadCommands(this.words.language);
      return menu;
    };
    return new Composer({ say: (text) => this.say(text), commands });
  }

  /** Write wherever one is: `/` begins a command. */
  key(/** @type {KeyboardEvent} */ event) {
    const { target, key, ctrlKey, metaKey } = event;
    if (key !== "/" || ctrlKey || metaKey) return;
    const types = target instanceof Element && target.closest("dialog, textarea") !== null;
    if (!types) this.composer.field.focus();
  }

  /** @param {any} note what the bot says */
  hear(note) {
    if (note.type === "hello") this.greet(note);
    else if (note.type === "message") this.show(note.message);
    else if (note.type === "gone") this.talk.gone(note.id);
    else if (note.type === "answer") this.answer(note);
    else if (note.type === "taken") this.taken(note.id);
    else if (note.type === "error") this.toasts.show(note.text);
    this.freshen();
  }

  /** @param {{messages: Message[], limits?: {bytes: number}}} hello */
  greet({ messages, limits }) {
    this.preview.limit = limits?.bytes ?? Infinity;
    const isFirst = this.talk.views.size === 0;
    for (const message of messages) {
      if (isFirst) this.announcer.know(message);
      else this.announcer.hear(message);
    }
    this.talk.all(messages);
    for (const message of messages) this.sessions.look(message);
  }

  show(/** @type {Message} */ message) {
    this.talk.show(message);
    this.announcer.hear(message);
    this.sessions.look(message);
    if (!message.file || !this.saves) return;
    this.saves = false;
    this.talk.views.get(message.id)?.file.click();
  }

  /** Greet who has said nothing yet, and nobody else. */
  freshen() {
    this.welcome.hidden = !this.talk.isEmpty;
    document.body.classList.toggle("fresh", this.talk.isEmpty);
  }

  say(/** @type {string} */ text, /** @type {string | undefined} */ message = undefined) {
    this.sayings.say(text, message);
    this.freshen();
  }

  /** Have a command carried out on a card. */
  order(/** @type {Message} */ message, /** @type {string} */ command) {
    if (!this.presses.command(message, command)) this.say(`/${command}`, message.id);
  }

  send(/** @type {Promise<void>} */ arrived) {
    this.freshen();
    arrived.then(() => this.freshen());
  }

  taken(/** @type {string} */ id) {
    this.presses.settle(id);
    this.speak(this.sayings.taken(id));
  }

  /** @param {{press: string, text: string | null, link?: string | null}} answer */
  answer({ press, text, link }) {
    const command = this.presses.settle(press);
    if (text) this.toasts.show(text);
    if (link && new URL(link, location.href).origin === location.origin) location.assign(link);
    this.speak(command);
  }

  /** Speak another language from now on, if that is what was asked for. */
  speak(/** @type {string | null} */ command) {
    const [, language] = SPEAK.exec(command?.toLowerCase() ?? "") ?? [];
    if (!LANGUAGES.includes(language) || language === this.words.language) return;
    keep("localStorage", LANGUAGE, language);
    location.reload();
  }

  /** Show a picture large, with what was before. */
  async look(/** @type {Message} */ message) {
    const name = message.mine ? null : message.session;
    this.viewer.open(message, name && (await session(name).catch(() => null)));
  }

  /** Ask for the file of a picture, and save it when it comes. */
  save(/** @type {Message} */ message) {
    this.saves = true;
    this.order(message, "file");
  }
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
