/** How a photo comes to the page: chosen, dropped, pasted, or taken with the camera. */

import { byId } from "../common/dom.js";

const COARSE = matchMedia("(pointer: coarse)");

/** Listens everywhere for photos; each way ends in `found`. */
export class Photos {
  /**
   * @param {object} to
   * @param {(files: File[]) => void} to.found
   * @param {() => void} to.camera opens the page's own camera
   */
  constructor({ found, camera }) {
    this.found = found;
    this.camera = camera;
    this.file = byId("file", HTMLInputElement);
    this.shot = byId("shot", HTMLInputElement);
    this.target = byId("drop", HTMLElement);
    for (const input of [this.file, this.shot]) {
      input.addEventListener("change", () => {
        this.take(input.files);
        input.value = ""; // so that the same photo can be chosen again
      });
    }
    addEventListener("paste", (event) => this.paste(event));
    addEventListener("dragenter", (event) => this.drag(event));
    addEventListener("dragover", (event) => this.drag(event));
    addEventListener("dragleave", (event) => event.relatedTarget === null && this.over(false));
    addEventListener("drop", (event) => this.drop(event));
  }

  choose() {
    this.file.click();
  }

  /** Take a photo: a phone's own camera does it best; a window has one in the page. */
  shoot() {
    if (COARSE.matches || !navigator.mediaDevices) this.shot.click();
    else this.camera();
  }

  take(/** @type {FileList | null | undefined} */ files) {
    const found = [...(files ?? [])];
    if (found.length) this.found(found);
  }

  paste(/** @type {ClipboardEvent} */ event) {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    this.take(event.clipboardData.files);
  }

  drag(/** @type {DragEvent} */ event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.over(true);
  }

  drop(/** @type {DragEvent} */ event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.over(false);
    this.take(event.dataTransfer.files);
  }

  over(/** @type {boolean} */ is) {
    this.target.hidden = !is;
  }
}
