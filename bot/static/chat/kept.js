/** What a browser keeps for the page, where its owner lets it. */

/**
 * @param {"localStorage" | "sessionStorage"} place for ever, or as long as the tab is open
 * @param {string} key
 */
export function kept(place, key) {
  try {
    return window[place].getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {"localStorage" | "sessionStorage"} place
 * @param {string} key
 * @param {string} value
 */
export function keep(place, key, value) {
  try {
    window[place].setItem(key, value);
  } catch {
    // The page goes on without.
  }
}
