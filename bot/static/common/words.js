/** A page's sentences, from the catalogue of its own that lies beside the bot's. */

const PAUSE = 1000; // milliseconds before they are asked for again

/**
 * @param {string} domain which catalogue
 * @param {string} language
 * @returns {Promise<Words>}
 */
export async function loadWords(domain, language) {
  for (;;) {
    const answer = await fetch(`/api/words/${domain}/${language}.json`).catch(() => null);
    if (answer?.ok) return new Words(language, await answer.json());
    await new Promise((go) => setTimeout(go, PAUSE)); // a page without words is no page
  }
}

export class Words {
  /**
   * @param {string} language
   * @param {Record<string, string>} sentences
   */
  constructor(language, sentences) {
    this.language = language;
    this.sentences = sentences;
  }

  /**
   * A sentence with its blanks filled.
   *
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  say(key, values = {}) {
    const sentence = this.sentences[key] ?? key;
    return sentence.replace(/\{(\w+)\}/g, (blank, name) => String(values[name] ?? blank));
  }

  /** The language as the browser's owner writes times and numbers in it. */
  get region() {
    const like = (/** @type {string} */ code) => code.split("-")[0] === this.language;
    return navigator.languages.find(like) ?? this.language;
  }

  /**
   * Write every sentence that elements ask for: `data-word` as their text, others as attributes.
   *
   * @param {Document | Element} within
   */
  fill(within) {
    if (within instanceof Document) within.documentElement.lang = this.language;
    for (const [data, write] of WRITERS) {
      for (const element of within.querySelectorAll(`[data-${data}]`)) {
        write(element, this.say(element.getAttribute(`data-${data}`) ?? ""));
      }
    }
  }
}

/** @type {[string, (element: Element, sentence: string) => void][]} */
const WRITERS = [
  ["word", (element, sentence) => (element.textContent = sentence)],
  ["label", (element, sentence) => element.setAttribute("aria-label", sentence)],
  ["title", (element, sentence) => element.setAttribute("title", sentence)],
  ["hint", (element, sentence) => element.setAttribute("placeholder", sentence)],
];
