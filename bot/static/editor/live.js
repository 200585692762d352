/**
 * What the server tells while the editor is open: moves from the chat, progress, new versions.
 *
 * @typedef {{hello: () => object, hear: (message: any) => void, back: () => void}} Ears
 */

const LONGEST_WAIT = 15; // seconds between attempts to connect

export class Live {
  /** @param {Ears} ears `back` is called after a gap in which something may have been missed */
  constructor(ears) {
    this.ears = ears;
    this.waits = 1;
    this.isOver = false;
    this.connect(false);
  }

  connect(/** @type {boolean} */ again) {
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}/api/editor/live`);
    this.socket = socket;
    socket.onopen = () => {
      this.waits = 1;
      socket.send(JSON.stringify(this.ears.hello()));
      if (again) this.ears.back();
    };
    socket.onmessage = ({ data }) => this.ears.hear(JSON.parse(data));
    socket.onclose = () => this.lost();
  }

  lost() {
    if (this.isOver) return;
    setTimeout(() => this.connect(true), 1000 * this.waits);
    this.waits = Math.min(LONGEST_WAIT, this.waits * 2);
  }

  close() {
    this.isOver = true;
    this.socket?.close();
  }
}
