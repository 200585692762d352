/** Short ways to build elements. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Build an element.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | boolean | null>} [attributes] null and false leave one out
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) attribute(element, name, value);
  element.append(...children);
  return element;
}

/** Set an attribute; null and false take it away. */
export function attribute(
  /** @type {Element} */ element,
  /** @type {string} */ name,
  /** @type {string | boolean | null} */ value,
) {
  if (value === null || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : value);
}

/** Build an SVG element. */
export function svg(
  /** @type {string} */ tag,
  /** @type {Record<string, string | number>} */ attributes = {},
  /** @type {Node[]} */ ...children
) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** Show one of the page's own icons. */
export function icon(/** @type {string} */ name) {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }));
}

/**
 * Find what the page's own HTML has.
 *
 * @template {Element} E
 * @param {string} id
 * @param {new () => E} kind
 * @returns {E}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}
