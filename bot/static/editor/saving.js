/**
 * Saves each gesture, merges what others changed meanwhile, and asks where both moved one joint.
 *
 * The server merges three ways: what the page began from, what it has, and what stands in the chat.
 * To save what nobody changed is therefore the same as to ask for what is new.
 *
 * @typedef {import("./body.js").Person} Person
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./api.js").Api} Api
 */

import { Refusal, completed } from "./api.js";
import { recorded } from "./history.js";
import { merged, yielded } from "./merging.js";

const CALM = 250; // milliseconds after a gesture in which another one joins it
const BUSY = 423; // a picture is painted: what was moved is saved after it
const LONGEST_WAIT = 15; // seconds between attempts while there is no network

export class Saver {
  /**
   * @param {Store} store
   * @param {Api} api
   * @param {{adopt: (document: any) => void, closed: (sentence: string) => void,
   *   refused: (sentence: string) => void}} told
   */
  constructor(store, api, told) {
    this.store = store;
    this.api = api;
    this.told = told;
    /** @type {string | null} mark of a pose that was heard of while it could not be taken in */
    this.heard = null;
    this.timer = 0;
    this.waits = 1;
    /** @type {Promise<void> | null} */
    this.running = null;
    /** @type {Person[] | null} what was sent when the page seemed to go away */
    this.left = null;
    this.began(store.state.document.mark, store.state.history.present);
  }

  /** What the page and the server agree on from now on. */
  began(/** @type {string} */ mark, /** @type {Person[]} */ people) {
    this.base = { mark, people };
  }

  get isDirty() {
    return this.store.state.history.present !== this.base.people;
  }

  /** Save soon: a gesture has ended. */
  touched() {
    if (!(this.isDirty || this.heard) || this.store.state.conflict) return;
    this.store.change({ saved: "saving" });
    this.later(CALM);
  }

  later(/** @type {number} */ milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), milliseconds);
  }

  /** Save now, and again until nothing is left to save; false where that cannot be. */
  async save() {
    clearTimeout(this.timer);
    await this.running;
    while ((this.isDirty || this.heard) && !this.store.state.conflict) {
      this.running = this.once();
      const before = this.base;
      await this.running;
      this.running = null;
      if (this.base === before) return false;
    }
    return !this.isDirty;
  }

  async once() {
    const { history, document } = this.store.state;
    const people = history.present;
    this.heard = null;
    try {
      const order = { version: document.version, base: this.base.mark, people };
      await this.took(people, await this.api.save(order));
    } catch (error) {
      this.failed(error);
    }
  }

  /**
   * @param {Person[]} sent
   * @param {{mark: string, people: Person[], merged: boolean}} answer
   */
  async took(sent, answer) {
    this.waits = 1;
    if (!answer.merged) this.began(answer.mark, sent);
    else await this.joined(sent, answer);
    if (this.heard === this.base.mark) this.heard = null; // it was ours
    this.store.change({ saved: this.isDirty ? "saving" : "saved" });
  }

  /** Take in what the server merged, without losing what was moved since. */
  async joined(
    /** @type {Person[]} */ sent,
    /** @type {{mark: string, people: Person[]}} */ { mark, people },
  ) {
    await this.lifted();
    const now = this.store.state.history.present;
    const next = now === sent ? people : merged(sent, now, people);
    this.began(mark, people);
    this.store.change({ history: recorded(this.store.state.history, next) });
  }

  /** Wait until no finger holds anything: nothing is moved under it. */
  async lifted() {
    while (this.store.state.live) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  failed(/** @type {unknown} */ error) {
    if (!(error instanceof Refusal)) return this.again("offline", 0);
    if (error.status === 409) return this.store.change({ conflict: error.body, saved: "unsaved" });
    if (error.status === 410) return this.told.adopt(completed(error.body));
    if (error.status === BUSY) return this.store.change({ saved: "unsaved" });
    if (error.status === 401 || error.status === 403) return this.told.closed(error.message);
    if (error.status === 429 || error.status >= 500) return this.again("unsaved", error.wait);
    this.store.change({ saved: "unsaved" });
    this.told.refused(error.message);
  }

  again(/** @type {"offline" | "unsaved"} */ saved, /** @type {number} */ wait) {
    this.store.change({ saved });
    this.later(1000 * Math.max(wait, this.waits));
    this.waits = Math.min(LONGEST_WAIT, this.waits * 2);
  }

  /** Hear how the chat moved somebody. */
  hear(/** @type {{version: number, mark: string, people: Person[]}} */ { version, mark, people }) {
    const { document, history, live, conflict } = this.store.state;
    if (version !== document.version || mark === this.base.mark) return;
    if (this.running || live || this.isDirty || conflict) {
      this.heard = mark;
      if (this.isDirty && !live) this.later(0);
      return;
    }
    this.began(mark, people);
    this.store.change({ history: recorded(history, people), saved: "saved" });
  }

  /** Settle a conflict: mine or theirs where both moved a joint, both elsewhere. */
  settle(/** @type {boolean} */ mine) {
    const { conflict, history } = this.store.state;
    if (!conflict) return;
    const choose = mine ? merged : yielded;
    const people = choose(this.base.people, history.present, conflict.people);
    this.began(conflict.mark, conflict.people);
    this.store.change({ conflict: null, history: recorded(history, people) });
    this.later(0);
  }

  /** Send what is left before the page goes away; nobody waits for the answer. */
  leave() {
    const { history, document, conflict } = this.store.state;
    if (!this.isDirty || this.running || conflict || this.left === history.present) return;
    this.left = history.present;
    const order = { version: document.version, base: this.base.mark, people: history.present };
    this.api.save(order, true).catch(() => undefined);
  }
}
