/**
 * Keys that work anywhere on the page.
 *
 * @typedef {import("./actions.js").Actions} Actions
 */

const NEARER = 1.25; // times that one press zooms

/** Listen for them, wherever the focus is. */
export function listenForKeys(/** @type {Actions} */ actions) {
  document.addEventListener("keydown", (event) => {
    const pressed = (event.ctrlKey || event.metaKey ? "ctrl+" : "") + event.key.toLowerCase();
    const act = keysOf(actions)[pressed + (event.shiftKey && event.ctrlKey ? "+shift" : "")];
    const typing = /** @type {HTMLElement} */ (event.target).matches("input, textarea");
    if (!act || typing) return;
    event.preventDefault();
    act();
  });
}

/** @returns {Record<string, () => void>} */
function keysOf(/** @type {Actions} */ actions) {
  return {
    "ctrl+z": () => actions.undo(),
    "ctrl+z+shift": () => actions.redo(),
    "ctrl+y": () => actions.redo(),
    "+": () => actions.zoom(NEARER),
    "=": () => actions.zoom(NEARER),
    "-": () => actions.zoom(1 / NEARER),
    "0": () => actions.fit(),
    l: () => actions.toggleLock(),
    b: () => actions.open(actions.store.state.brushing ? null : "brush"),
    escape: () => leave(actions),
  };
}

function leave(/** @type {Actions} */ actions) {
  if (actions.store.state.live) actions.drop();
  else if (actions.store.state.sheet) actions.open(null);
  else actions.choose(null);
}
