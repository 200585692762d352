/**
 * What the server tells while the editor is open: moves from the chat, progress, new versions.
 *
 * @typedef {{hello: () => object, hear: (message: any) => void}} Ears
 */

const NOT_LET_IN = 1008; // how the server ends a socket of somebody whom it does not know
const LONGEST_WAIT = 15; // seconds between attempts to connect

export class Live {
  /** @param {Ears} ears */
  constructor(ears) {
    this.ears = ears;
    this.waits = 1;
    this.isOver = false;
    this.connect();
  }

  connect() {
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}/api/editor/live`);
    this.socket = socket;
    socket.onopen = () => {
      this.waits = 1;
      socket.send(JSON.stringify(this.ears.hello()));
    };
    socket.onmessage = ({ data }) => this.ears.hear(JSON.parse(data));
    socket.onclose = ({ code }) => this.lost(code);
  }

  lost(/** @type {number} */ code) {
    if (this.isOver) return;
    if (code === NOT_LET_IN) return this.ears.hear({ type: "over" });
    setTimeout(() => this.connect(), 1000 * this.waits);
    this.waits = Math.min(LONGEST_WAIT, this.waits * 2);
  }

  close() {
    this.isOver = true;
    this.socket?.close();
  }
}
