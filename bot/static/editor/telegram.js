/**
 * Telegram's Mini App events without Telegram's script: what the page needs of them is little.
 *
 * Sources: https://core.telegram.org/api/web-events (what is said to the app) and
 * https://core.telegram.org/bots/webapps (what it says, and the fragment that opens the page).
 */

const WEB_CLIENT = "https://web.telegram.org";

/**
 * How Telegram opened the page, or null where it did not.
 *
 * @param {Location} place
 * @returns {{initData: string, session: string | null, theme: Record<string, string>} | null}
 */
export function launchedBy({ hash, search }) {
  const fragment = new URLSearchParams(hash.slice(1));
  const initData = fragment.get("tgWebAppData");
  if (!initData) return null;
  const query = new URLSearchParams(search);
  const started = query.get("tgWebAppStartParam") ?? new URLSearchParams(initData).get("start_param");
  const theme = parsed(fragment.get("tgWebAppThemeParams"));
  return { initData, session: query.get("session") ?? started, theme };
}

/** Tell the app that opened the page something; anywhere else nothing happens. */
export function post(/** @type {string} */ type, /** @type {object} */ data = {}) {
  const { TelegramWebviewProxy: proxy, external } = /** @type {any} */ (window);
  const event = JSON.stringify({ eventType: type, eventData: data });
  if (proxy?.postEvent) proxy.postEvent(type, JSON.stringify(data));
  else if (typeof external?.notify === "function") external.notify(event);
  else if (window.parent !== window) window.parent.postMessage(event, WEB_CLIENT);
}

/** Hear what the app says, by whichever way this client says it. */
export function listen(/** @type {(type: string, data: any) => void} */ hear) {
  const receiveEvent = (/** @type {string} */ type, /** @type {any} */ data) => hear(type, data);
  Object.assign(window, {
    Telegram: { WebView: { receiveEvent } },
    TelegramGameProxy: { receiveEvent },
    TelegramGameProxy_receiveEvent: receiveEvent,
  });
  window.addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || origin !== WEB_CLIENT || typeof data !== "string") return;
    const { eventType, eventData } = parsed(data);
    if (eventType) hear(eventType, eventData);
  });
}

/** Open fully, keep the page when a finger drags down, and wear the app's colours. */
export function settleIn(/** @type {Record<string, string>} */ theme) {
  wear(theme);
  listen((type, data) => {
    if (type === "theme_changed") wear(data?.theme_params ?? {});
    if (type === "viewport_changed") resized(data);
    if (type === "safe_area_changed" || type === "content_safe_area_changed") inset(data);
  });
  post("web_app_ready");
  post("web_app_expand");
  post("web_app_setup_swipe_behavior", { allow_vertical_swipe: false });
  post("web_app_request_viewport");
  post("web_app_request_safe_area");
}

/** Ask before the app is closed, while something is not saved. */
export function askBeforeClosing(/** @type {boolean} */ asks) {
  post("web_app_setup_closing_behavior", { need_confirmation: asks });
}

/** A short tick under the finger. */
export function tick() {
  post("web_app_trigger_haptic_feedback", { type: "selection_change" });
}

function resized(/** @type {any} */ data) {
  const { style } = document.documentElement;
  if (Number.isFinite(data?.height)) style.setProperty("--viewport", `${data.height}px`);
}

function inset(/** @type {any} */ data) {
  const { style } = document.documentElement;
  if (Number.isFinite(data?.top)) style.setProperty("--inset-top", `${data.top}px`);
  if (Number.isFinite(data?.bottom)) style.setProperty("--inset-bottom", `${data.bottom}px`);
}

/** Light or dark as the app is; its own hues stay its own, so that contrast is ours to keep. */
function wear(/** @type {Record<string, string>} */ { bg_color: ground }) {
  const channels = /^#(..)(..)(..)$/.exec(ground ?? "");
  if (!channels) return;
  const [red, green, blue] = channels.slice(1).map((channel) => parseInt(channel, 16));
  const isDark = 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  const sheet = /** @type {HTMLLinkElement} */ (document.getElementById("dark"));
  sheet.media = isDark ? "all" : "not all";
}

/** @returns {any} */
function parsed(/** @type {string | null} */ text) {
  try {
    return JSON.parse(text ?? "{}") ?? {};
  } catch {
    return {};
  }
}
