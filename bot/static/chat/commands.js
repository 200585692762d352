/**
 * The commands that can be typed, and which of them fit what is typed so far.
 *
 * @typedef {{name: string, told: string, takesMore: boolean}} Command
 */

const LEAST = 2; // letters that say enough to look beyond the beginnings of names

/** @returns {Promise<Command[]>} none if they cannot be had now */
export async function loadCommands(/** @type {string} */ language) {
  const answer = await fetch(`/api/words/menu/${language}.json`).catch(() => null);
  /** @type {Record<string, string>} */
  const menu = answer?.ok ? await answer.json() : {};
  return Object.entries(menu).map(([name, told]) => ({
    name,
    told,
    takesMore: told.includes(`/${name} `), // it shows by example what is said with it
  }));
}

/**
 * Find what fits: `/` alone is all, letters are the beginning of a name or stand in its sentence.
 *
 * @param {Command[]} commands
 * @param {string} typed
 */
export function fitting(commands, typed) {
  const slash = typed.startsWith("/");
  const begun = typed.slice(slash ? 1 : 0).toLowerCase();
  if (/\s/.test(begun) || (!slash && begun.length < LEAST)) return [];
  const named = commands.filter(({ name }) => name.startsWith(begun));
  if (!slash || begun.length < LEAST) return named;
  const told = commands.filter(({ told }) => ` ${told.toLowerCase()}`.includes(` ${begun}`));
  return [...named, ...told.filter((command) => !named.includes(command))];
}
