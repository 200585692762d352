/**
 * The versions of a picture as a tree, laid out beside each other: which line runs at what height.
 *
 * @typedef {{number: number, parent: number | null}} Node
 * @typedef {{number: number, parent: number | null, column: number, lane: number}} Spot
 */

/**
 * Give each version a column, in their order, and a lane: a first child goes on in its parent's
 * lane, each further one begins the next lane that is free.
 *
 * @template {Node} N
 * @param {N[]} versions oldest first
 * @returns {Spot[]}
 */
export function laidOut(versions) {
  /** @type {Map<number, Spot>} */
  const spots = new Map();
  /** @type {Set<number>} */
  const continued = new Set();
  let free = 0;
  for (const [column, { number, parent }] of versions.entries()) {
    const above = parent === null ? undefined : spots.get(parent);
    const goesOn = above !== undefined && !continued.has(above.number);
    if (above) continued.add(above.number);
    const lane = above && goesOn ? above.lane : free++;
    spots.set(number, { number, parent: above ? above.number : null, column, lane });
  }
  return [...spots.values()];
}
