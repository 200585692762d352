/**
 * The line to the bot: opened again whenever it breaks, and nothing said on it is lost.
 *
 * What is sent has an id of its own. It is kept until the bot confirms it, over a reload too, and
 * sent again on the next line; what comes twice counts once.
 *
 * @typedef {{type: string, id: string, [key: string]: unknown}} Note
 * @typedef {"opening" | "open" | "lost"} State
 */

import { Unanswered, visit } from "./api.js";
import { keep, kept } from "./kept.js";

const FIRST_WAIT = 400; // milliseconds before the next try; each wait is twice the last
const LAST_WAIT = 15_000;
const SILENCE = 10_000; // milliseconds without a confirmation after which a line counts as dead
const KEPT = "toeframe.unsent";

export class Line {
  /**
   * @param {object} to
   * @param {() => string} to.language what the page speaks
   * @param {(note: any) => void} to.heard
   * @param {(state: State, waiting: number) => void} to.changed waiting: what is not confirmed
   */
  constructor({ language, heard, changed }) {
    this.language = language;
    this.heard = heard;
    this.changed = changed;
    /** @type {State} */
    this.state = "opening";
    /** @type {Note[]} */
    this.unsent = JSON.parse(kept("sessionStorage", KEPT) ?? "[]");
    /** @type {WebSocket | null} */
    this.socket = null;
    this.wait = FIRST_WAIT;
    this.timer = 0;
    this.deadline = 0;
    /** @type {(() => void)[]} */
    this.waiting = [];
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.socket?.close());
    document.addEventListener("visibilitychange", () => this.hurry());
  }

  /** Send a note, now or as soon as there is a line. */
  send(/** @type {Omit<Note, "id">} */ note) {
    const sent = /** @type {Note} */ ({ ...note, id: uuid() });
    this.keep([...this.unsent, sent]);
    if (this.state === "open") this.put(sent);
    return sent.id;
  }

  /** Wait until there is a line. */
  async opened() {
    if (this.state !== "open") await new Promise((go) => this.waiting.push(() => go(null)));
  }

  async open() {
    clearTimeout(this.timer);
    this.become("opening");
    try {
      await visit(this.language());
    } catch (error) {
      return this.later(error instanceof Unanswered ? 0 : Number(error.wait ?? 0));
    }
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/api/chat`);
    this.socket = socket;
    socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    socket.addEventListener("close", () => this.broken(socket));
  }

  /** Try at once what would be tried later. */
  hurry() {
    if (document.visibilityState === "hidden" || this.state !== "lost") return;
    this.wait = FIRST_WAIT;
    this.open();
  }

  /** @param {{type: string, id?: string}} note */
  hear(note) {
    clearTimeout(this.deadline);
    if (note.type === "taken") this.keep(this.unsent.filter((one) => one.id !== note.id));
    this.heard(note);
    if (note.type === "hello") this.greeted();
    else if (this.unsent.length) this.expect();
  }

  greeted() {
    this.wait = FIRST_WAIT;
    this.become("open");
    for (const note of this.unsent) this.put(note);
    for (const go of this.waiting.splice(0)) go();
  }

  put(/** @type {Note} */ note) {
    this.socket?.send(JSON.stringify(note));
    this.expect();
  }

  /** A line on which nothing is confirmed any more is dead, whatever the network says. */
  expect() {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.socket?.close(), SILENCE);
  }

  broken(/** @type {WebSocket} */ socket) {
    if (socket !== this.socket) return;
    clearTimeout(this.deadline);
    this.socket = null;
    this.later(0);
  }

  later(/** @type {number} */ seconds) {
    this.become("lost");
    const wait = Math.max(seconds * 1000, this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LAST_WAIT, this.wait * 2);
    this.timer = setTimeout(() => this.open(), wait);
  }

  keep(/** @type {Note[]} */ unsent) {
    this.unsent = unsent;
    this.changed(this.state, unsent.length);
    keep("sessionStorage", KEPT, JSON.stringify(unsent));
  }

  become(/** @type {State} */ state) {
    this.state = state;
    this.changed(state, this.unsent.length);
  }
}

/** An id that nobody else has; `crypto.randomUUID` is not there on plain http in a home network. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
