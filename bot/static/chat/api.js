/**
 * What the page asks the server for.
 *
 * @typedef {{url: string, width: number, height: number}} Picture
 * @typedef {{text: string, token: string, editor?: boolean}} Button
 * @typedef {object} Message
 * @property {string} id
 * @property {boolean} mine
 * @property {string} text
 * @property {Button[][]} rows
 * @property {Picture | null} picture
 * @property {{url: string, name: string, size: number} | null} file
 * @property {string | null} session
 * @property {string} at
 * @typedef {{x: number, y: number, width: number, height: number}} Place
 * @typedef {object} Version
 * @property {number} number
 * @property {number | null} parent
 * @property {string} kind
 * @property {number | null} score
 * @property {boolean} edited
 * @property {Picture} picture
 * @property {{width: number, height: number, photo: Place}} canvas
 * @typedef {{photo: Picture, at: number | null, versions: Version[]}} Session
 */

const OURS = { "X-Toeframe": "1" }; // no foreign page can send it
const THUMBNAIL = 320; // pixels of the longer side

/** The server said no; `sentence` is for the person, `wait` how many seconds to wait. */
export class Refused extends Error {
  /**
   * @param {string} sentence
   * @param {number} status
   * @param {number} [wait]
   */
  constructor(sentence, status, wait = 0) {
    super(sentence);
    this.status = status;
    this.wait = wait;
  }
}

/** Nobody answered. */
export class Unanswered extends Error {}

/**
 * Be let in: the browser gets a cookie, or keeps the one that it has.
 *
 * @param {string} language
 * @returns {Promise<{language: string}>}
 */
export async function visit(language) {
  const headers = { ...OURS, "Content-Type": "application/json" };
  return ask("/api/visit", { method: "POST", headers, body: JSON.stringify({ language }) });
}

/** @returns {Promise<Session>} */
export async function session(/** @type {string} */ name) {
  return ask(`/api/sessions/${encodeURIComponent(name)}`, {});
}

/** Where a small picture is. */
export function thumbnail(/** @type {Picture} */ picture) {
  return `${picture.url}?size=${THUMBNAIL}`;
}

/**
 * Send a photo; sent twice with the same id it counts once.
 *
 * @param {{id: string, file: File, caption: string}} photo
 * @param {(share: number) => void} progress
 * @returns {Promise<{message: string}>}
 */
export function upload({ id, file, caption }, progress) {
  // fetch cannot tell how much of a body is gone.
  const request = new XMLHttpRequest();
  request.open("POST", `/api/photos?id=${id}`);
  request.setRequestHeader("X-Toeframe", "1");
  request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
  if (caption) request.setRequestHeader("X-Toeframe-Caption", encodeURIComponent(caption));
  request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
  return new Promise((resolve, reject) => {
    request.addEventListener("error", () => reject(new Unanswered()));
    request.addEventListener("load", () => {
      const { status, responseText } = request;
      const wait = Number(request.getResponseHeader("Retry-After") ?? 0);
      if (status < 300) resolve(JSON.parse(responseText));
      else reject(new Refused(sentenceOf(responseText), status, wait));
    });
    request.send(file);
  });
}

/**
 * @param {string} address
 * @param {RequestInit} request
 */
async function ask(address, request) {
  const answer = await fetch(address, request).catch(() => null);
  if (answer === null) throw new Unanswered();
  if (answer.ok) return answer.json();
  const wait = Number(answer.headers.get("Retry-After") ?? 0);
  throw new Refused(sentenceOf(await answer.text()), answer.status, wait);
}

function sentenceOf(/** @type {string} */ body) {
  try {
    return String(JSON.parse(body).error ?? "");
  } catch {
    return "";
  }
}
