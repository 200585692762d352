/** A photo before it is sent: a look at it, and a few words about it. */

import { byId, el } from "../common/dom.js";
import { dismissable } from "./sheets.js";

const MOST = 10; // photos at once; each becomes a picture of its own

/** @typedef {{file: File, caption: string, url: string}} Photo */

export class Preview {
  /**
   * @param {import("../common/words.js").Words} words
   * @param {object} to
   * @param {(photo: Photo) => void} to.send
   * @param {(sentence: string) => void} to.refuse
   */
  constructor(words, { send, refuse }) {
    this.words = words;
    this.send = send;
    this.refuse = refuse;
    this.limit = Infinity;
    this.dialog = byId("preview", HTMLDialogElement);
    this.pictures = byId("preview-pictures", HTMLElement);
    this.caption = byId("caption", HTMLTextAreaElement);
    /** @type {Omit<Photo, "caption">[]} */
    this.photos = [];
    dismissable(this.dialog);
    this.dialog.addEventListener("close", () => this.closed());
    byId("preview-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.go();
    });
    this.caption.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.go();
    });
  }

  open(/** @type {File[]} */ files) {
    const good = files.filter((file) => this.fits(file)).slice(0, MOST);
    if (!good.length) return;
    this.photos.push(...good.map((file) => ({ file, url: URL.createObjectURL(file) })));
    this.pictures.replaceChildren(...this.photos.map((photo) => this.picture(photo)));
    this.pictures.classList.toggle("several", this.photos.length > 1);
    if (!this.dialog.open) this.dialog.showModal();
  }

  fits(/** @type {File} */ { type, size, name }) {
    if (type && !type.startsWith("image/")) this.refuse(this.words.say("refused.kind", { name }));
    else if (size > this.limit) {
      this.refuse(this.words.say("refused.large", { megabytes: Math.round(this.limit / 1e6) }));
    } else return true;
    return false;
  }

  picture(/** @type {Omit<Photo, "caption">} */ { file, url }) {
    const image = el("img", { src: url, alt: this.words.say("photo.yours") });
    // Some kinds of files, such as a telephone's HEIC, a browser sends but does not show.
    const named = el("p", { class: "hidden-photo" }, file.name);
    image.addEventListener("error", () => image.replaceWith(named));
    return image;
  }

  go() {
    const caption = this.caption.value.trim();
    const photos = this.photos.splice(0); // from here on they are not this dialog's to let go of
    this.dialog.close();
    for (const photo of photos) this.send({ ...photo, caption });
  }

  closed() {
    for (const { url } of this.photos.splice(0)) URL.revokeObjectURL(url);
    this.caption.value = "";
    this.pictures.replaceChildren();
  }
}
