/** Lines of text, in which commands and ways into the page's own parts can be tapped. */

import { el } from "../common/dom.js";

const TAPPABLE = /(\/edit#[\w-]+|(?<=^|\s)\/[a-z]+(?=[\s.,;:!?]|$))/;

/**
 * Build a line; a tap on a command writes it where one types.
 *
 * @param {string} line
 * @param {(command: string) => void} write
 */
export function lineOf(line, write) {
  const pieces = line.split(TAPPABLE); // every other one can be tapped
  return el("p", {}, ...pieces.map((piece, at) => (at % 2 ? tappable(piece, write) : piece)));
}

function tappable(/** @type {string} */ piece, /** @type {(command: string) => void} */ write) {
  if (piece.includes("#")) return el("a", { href: piece }, piece.split("#")[0]);
  const command = el("button", { type: "button", class: "command" }, piece);
  command.addEventListener("click", () => write(piece));
  return command;
}
