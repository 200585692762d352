/** The page's own buttons: ways to a photo, and the sheet of further things. */

import { byId } from "../common/dom.js";
import { dismissable } from "./sheets.js";

/**
 * Let them do what they say.
 *
 * @param {object} to
 * @param {import("./photos.js").Photos} to.photos
 * @param {(command: string) => void} to.say
 * @param {string} to.language the other one, to change over to
 */
export function offer({ photos, say, language }) {
  opens("attach", "sources");
  const choices = opens("more", "choices");
  for (const place of ["source", "welcome"]) {
    on(`${place}-choose`, () => photos.choose());
    on(`${place}-shoot`, () => photos.shoot());
    on(`${place}-sample`, () => say("/sample"));
  }
  on("language", () => say(`/language ${language}`));
  for (const button of choices.querySelectorAll("[data-say]")) {
    button.addEventListener("click", () => say(`/${button.getAttribute("data-say")}`));
  }
}

function opens(/** @type {string} */ id, /** @type {string} */ sheet) {
  const dialog = byId(sheet, HTMLDialogElement);
  dismissable(dialog);
  on(id, () => dialog.showModal());
  return dialog;
}

function on(/** @type {string} */ id, /** @type {() => void} */ pressed) {
  byId(id, HTMLButtonElement).addEventListener("click", pressed);
}
