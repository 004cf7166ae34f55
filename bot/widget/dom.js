/** @type {Strings} */
export let strings;

/** Loads the interface's words; a language that is not there falls back to English. @param {string} lang */
export async function loadStrings(lang) {
  const response = await fetch(`/static/widget/strings/${lang}.json`);
  if (!response.ok) return loadStrings("en");
  strings = await response.json();
  Object.assign(document.documentElement, { lang, dir: strings.dir });
}

/** A string with its {places} filled. @param {string} key @param {Record<string, string | number>} [values] */
export const t = (key, values) => strings[key].replace(/{(\w+)}/g, (_, name) => String(values?.[name]));

/** @param {string} id @returns {any} */
export const $ = (id) => document.getElementById(id);

/**
 * An element. Words are always text nodes: nothing that anybody wrote is ever read as HTML.
 * @param {string} tag @param {Record<string, any>} [set] properties @param {...(Node | string)} children
 * @returns {any}
 */
export function h(tag, set, ...children) {
  const element = Object.assign(document.createElement(tag), set);
  element.append(...children);
  return element;
}
