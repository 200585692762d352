/**
 * Undo and redo as a value, as `pipeline/history.py` has it.
 *
 * @template T
 * @typedef {{present: T, past: T[], future: T[]}} History
 */

const LONGEST = 50; // steps back; older ones are forgotten

/**
 * @template T
 * @param {T} present
 * @returns {History<T>}
 */
export function begun(present) {
  return { present, past: [], future: [] };
}

/**
 * Go on to a new value, which ends what could be redone.
 *
 * @template T
 * @param {History<T>} history
 * @param {T} value
 * @returns {History<T>}
 */
export function recorded(history, value) {
  if (value === history.present) return history;
  return { present: value, past: [...history.past, history.present].slice(-LONGEST), future: [] };
}

/**
 * Go back one step; where it began nothing changes.
 *
 * @template T
 * @param {History<T>} history
 * @returns {History<T>}
 */
export function undone({ present, past, future }) {
  if (!past.length) return { present, past, future };
  return { present: past[past.length - 1], past: past.slice(0, -1), future: [present, ...future] };
}

/**
 * Take one undone step again; without one nothing changes.
 *
 * @template T
 * @param {History<T>} history
 * @returns {History<T>}
 */
export function redone({ present, past, future }) {
  if (!future.length) return { present, past, future };
  return { present: future[0], past: [...past, present], future: future.slice(1) };
}
