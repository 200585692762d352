/** A camera in the page, for screens without one of their own. */

import { byId } from "../common/dom.js";
import { dismissable } from "./sheets.js";

const QUALITY = 0.95;

export class Camera {
  /**
   * @param {import("../common/words.js").Words} words
   * @param {object} to
   * @param {(files: File[]) => void} to.found
   * @param {(sentence: string) => void} to.refuse
   */
  constructor(words, { found, refuse }) {
    this.words = words;
    this.found = found;
    this.refuse = refuse;
    this.dialog = byId("camera", HTMLDialogElement);
    this.video = byId("camera-view", HTMLVideoElement);
    this.trigger = byId("camera-shoot", HTMLButtonElement);
    this.trigger.addEventListener("click", () => this.shoot());
    dismissable(this.dialog);
    this.dialog.addEventListener("close", () => this.stop());
  }

  async open() {
    this.dialog.showModal();
    this.trigger.disabled = true;
    try {
      const video = { facingMode: "environment", width: { ideal: 2560 }, height: { ideal: 1920 } };
      const stream = await navigator.mediaDevices.getUserMedia({ video });
      if (!this.dialog.open) return halt(stream);
      this.video.srcObject = stream;
      await this.video.play();
      this.trigger.disabled = false;
      this.trigger.focus();
    } catch {
      this.dialog.close();
      this.refuse(this.words.say("camera.refused"));
    }
  }

  async shoot() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d")?.drawImage(this.video, 0, 0);
    this.dialog.close();
    const photo = await new Promise((made) => canvas.toBlob(made, "image/jpeg", QUALITY));
    if (photo) this.found([new File([photo], "camera.jpg", { type: "image/jpeg" })]);
  }

  stop() {
    if (this.video.srcObject instanceof MediaStream) halt(this.video.srcObject);
    this.video.srcObject = null;
  }
}

function halt(/** @type {MediaStream} */ stream) {
  for (const track of stream.getTracks()) track.stop();
}
