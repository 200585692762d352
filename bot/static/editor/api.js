/**
 * The editor's HTTP, and the values that go over it.
 *
 * @typedef {import("./body.js").Person} Person
 * @typedef {{person: number, joint: string}} Clash `front` stands for which leg is in front
 * @typedef {{mark: string, people: Person[], conflicts: Clash[]}} Conflict
 * @typedef {object} Document
 * @property {string} session
 * @property {string} language
 * @property {number} version
 * @property {string} mark of the people
 * @property {{width: number, height: number}} canvas
 * @property {{x: number, y: number, width: number, height: number}} photo on the canvas
 * @property {{url: string, width: number, height: number}} picture
 * @property {Person[]} people
 * @property {number} person
 * @property {{name: string, number: number | null, label: string}[]} joints
 * @property {[string, string][]} bones
 * @property {Record<string, string>} colours by side, as on the chat's pictures; and `chosen`
 * @property {Map<string, number>} numbers of leg joints; made here
 * @property {{name: string, label: string}[]} stances
 * @property {boolean} busy
 * @property {string} [visit]
 */

/** What the server refused, in words for a person; `body` is what else it said. */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {any} body
   * @param {number} wait seconds after which it may be asked again
   */
  constructor(status, body, wait) {
    super(body?.error ?? "");
    this.status = status;
    this.body = body;
    this.wait = wait;
  }
}

export class Api {
  constructor() {
    /** @type {string | null} */
    this.visit = null;
  }

  /**
   * Open the editor by a key; an empty one is for a page that was opened before.
   *
   * @returns {Promise<Document>}
   */
  async open(/** @type {object} */ key) {
    const document = await this.post("open", key);
    this.visit = document.visit ?? null;
    return completed(document);
  }

  /**
   * The picture and everybody as they stand now.
   *
   * @returns {Promise<Document>}
   */
  async document() {
    return completed(await this.post("open", {}));
  }

  /**
   * @param {{version: number, base: string, people: Person[]}} saved
   * @param {boolean} last whether the page may be gone before the answer
   * @returns {Promise<{mark: string, people: Person[], merged: boolean}>}
   */
  save(saved, last = false) {
    return this.post("save", saved, { keepalive: last });
  }

  /** @returns {Promise<{people: Person[]}>} */
  edit(/** @type {Person[]} */ people, /** @type {number} */ person, /** @type {string} */ edit) {
    return this.post("edit", { people, person, edit });
  }

  /** @returns {Promise<{mask: string}>} */
  mask(/** @type {Blob} */ png) {
    return this.send("mask", { method: "POST", body: png, type: "image/png" });
  }

  refine(/** @type {{version: number, mask: string | null}} */ order) {
    return this.post("refine", order);
  }

  exported() {
    return this.send("openpose", { method: "GET" });
  }

  /** @returns {Promise<{people: Person[]}>} */
  imported(/** @type {string} */ text) {
    return this.send("openpose", { method: "POST", body: text, type: "application/json" });
  }

  post(/** @type {string} */ path, /** @type {object} */ value, /** @type {object} */ options = {}) {
    const body = JSON.stringify(value);
    return this.send(path, { method: "POST", body, type: "application/json", ...options });
  }

  /**
   * @param {string} path
   * @param {{method: string, body?: string | Blob, type?: string, keepalive?: boolean}} request
   * @returns {Promise<any>}
   * @throws {Refusal}
   */
  async send(path, { type, ...request }) {
    /** @type {Record<string, string>} */
    const headers = { "X-Toeframe": "1" };
    if (type) headers["Content-Type"] = type;
    if (this.visit) headers["X-Toeframe-Visit"] = this.visit;
    const answer = await fetch(`/api/editor/${path}`, { ...request, headers });
    const body = await answer.json().catch(() => null);
    if (answer.ok) return body;
    throw new Refusal(answer.status, body, Number(answer.headers.get("Retry-After")) || 0);
  }
}

/** A document with what the page looks up often. */
export function completed(/** @type {any} */ document) {
  const numbered = document.joints.filter((joint) => joint.number !== null);
  const numbers = new Map(numbered.map((joint) => [joint.name, joint.number]));
  return /** @type {Document} */ ({ ...document, numbers });
}
