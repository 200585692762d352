/**
 * What the page asks of the server besides saving: edits that only Python knows, files, painting.
 *
 * @typedef {import("./actions.js").Actions} Actions
 * @typedef {import("./api.js").Api} Api
 * @typedef {import("./saving.js").Saver} Saver
 */

import { Refusal } from "./api.js";
import { isPainted, maskFile } from "./mask.js";

export class Orders {
  /**
   * @param {Actions} actions
   * @param {Api} api
   * @param {Saver} saver
   * @param {(key: string) => void} tell says a sentence of the catalogue
   * @param {(sentence: string) => void} refuse says what the server said
   */
  constructor(actions, api, saver, tell, refuse) {
    this.actions = actions;
    this.api = api;
    this.saver = saver;
    this.tell = tell;
    this.refuse = refuse;
    this.isAsking = false;
  }

  /** One edit in the words that people type: `preset crossed`. */
  edit(/** @type {string} */ words) {
    return this.ask(async () => {
      const { people, state } = this.actions.store;
      const answer = await this.api.edit(people, state.person, words);
      this.actions.record(answer.people);
    });
  }

  /** Hide a joint, or bring it back. */
  toggle(/** @type {string} */ joint) {
    const { person } = this.actions.store;
    return this.edit(`${person.hidden.includes(joint) ? "restore" : "hide"} ${joint}`);
  }

  /** Save the pose as an OpenPose file on this device. */
  export() {
    return this.ask(async () => {
      await this.saver.save();
      const json = JSON.stringify(await this.api.exported(), null, 1);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
      link.download = `${this.actions.store.state.document.session}-openpose.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  /** Take the people of an OpenPose file. */
  import(/** @type {File} */ file) {
    return this.ask(async () => {
      const { people } = await this.api.imported(await file.text());
      const { person } = this.actions.store.state;
      this.actions.choose(null, Math.max(0, Math.min(person, people.length - 1)));
      this.actions.record(people);
    });
  }

  /** Have the picture painted as the pose says, and only where the mask is, if there is one. */
  refine() {
    return this.ask(async () => {
      const { store } = this.actions;
      if (!(await this.saver.save())) return;
      const { strokes, document } = store.state;
      const drawn = isPainted(strokes.present);
      const mask = drawn ? await maskFile(strokes.present, document.canvas) : null;
      const ref = mask ? (await this.api.mask(mask)).mask : null;
      await this.api.refine({ version: document.version, mask: ref });
      store.change({ busy: { stage: null, step: 0, steps: 0 } });
    });
  }

  /** Ask one thing at a time, and tell what was refused. */
  async ask(/** @type {() => Promise<void>} */ question) {
    if (this.isAsking || !this.actions.isIdle) return;
    this.isAsking = true;
    try {
      await question();
    } catch (error) {
      if (error instanceof Refusal && error.message) this.refuse(error.message);
      else this.tell("failed");
    } finally {
      this.isAsking = false;
    }
  }
}
