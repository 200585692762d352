/**
 * What a message's text is made of: plain lines, and how far the painting is, which the bot writes
 * as a bar of letters for chats that know no other.
 *
 * @typedef {{lines: string[], step: number | null, steps: number | null}} Telling
 */

const BAR = /^[▰▱]+ (\d+)\/(\d+)$/u;

/** @returns {Telling} */
export function read(/** @type {string} */ text) {
  const lines = text.split("\n");
  const bar = lines.map((line) => BAR.exec(line)).find((found) => found !== null);
  return {
    lines: lines.filter((line) => !BAR.test(line)),
    step: bar ? Number(bar[1]) : null,
    steps: bar ? Number(bar[2]) : null,
  };
}

/** What is worth saying aloud of a text that changes all the time: no bar, no figures. */
export function gist(/** @type {string} */ text) {
  const { lines, steps } = read(text);
  return (steps === null ? lines : lines.filter((line) => !/\d/.test(line))).join(" ");
}
