/** Opens the editor and puts its parts together; nothing else knows them all. */

import { loadWords } from "../common/words.js";
import { Actions } from "./actions.js";
import { Api, Refusal, completed } from "./api.js";
import { Gestures } from "./gestures.js";
import { handsOf } from "./hands.js";
import { begun } from "./history.js";
import { Joints } from "./joints.js";
import { listenForKeys } from "./keys.js";
import { Layers } from "./layers.js";
import { Live } from "./live.js";
import { Mask } from "./mask.js";
import { Orders } from "./orders.js";
import { Panel } from "./panel.js";
import { Saver } from "./saving.js";
import { Store, any } from "./store.js";
import * as telegram from "./telegram.js";
import { fitted } from "./view.js";

/** @typedef {import("./api.js").Document} EditorDocument */

const LANGUAGES = ["en", "ko"];
const BRUSH = 28; // CSS pixels

const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));

await open();

async function open() {
  const launch = telegram.launchedBy(location);
  if (launch) telegram.settleIn(launch.theme);
  const guess = LANGUAGES.find((language) => navigator.language.startsWith(language)) ?? "en";
  const early = loadWords("editor", guess);
  const api = new Api();
  try {
    const opened = await api.open(keyOf(launch));
    const words = opened.language === guess ? await early : await loadWords("editor", opened.language);
    start(api, opened, words, launch !== null);
  } catch (error) {
    const sentence = error instanceof Refusal ? error.message : "";
    close(sentence || (await early).say("closed"));
  }
}

/** What opens the editor: Telegram's word for who this is, or the token of a link. */
function keyOf(/** @type {ReturnType<typeof telegram.launchedBy>} */ launch) {
  if (launch) return { initData: launch.initData, session: launch.session };
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  return token ? { token } : {};
}

/**
 * @param {Api} api
 * @param {EditorDocument} opened
 * @param {import("../common/words.js").Words} words
 * @param {boolean} inTelegram
 */
function start(api, opened, words, inTelegram) {
  words.fill(document);
  document.title = words.say("title");
  const store = new Store(initial(opened));
  const mask = new Mask(store, /** @type {HTMLCanvasElement} */ (document.getElementById("mask")));
  const actions = new Actions(store, mask, () => saver.touched());
  const adopt = (/** @type {EditorDocument} */ next) => adopted(store, saver, next);
  const tell = (/** @type {string} */ sentence) => panel.tell(sentence);
  const saver = new Saver(store, api, { adopt, closed: close, refused: tell });
  const orders = new Orders(actions, api, saver, (key) => tell(words.say(key)), tell);
  const panel = new Panel(actions, orders, words, saver);
  new Layers(store, document);
  new Joints(actions, find("joints"), words, (joint) => void orders.toggle(joint));
  new Gestures(stage, handsOf(actions));
  listenForKeys(actions);
  watchStage(store, actions);
  hearServer(api, store, saver, adopt, () => close(words.say("closed")));
  leaveWell(store, saver);
  offerBack(saver, inTelegram);
  document.body.dataset.ready = "";
}

/** @returns {import("./store.js").State} */
function initial(/** @type {EditorDocument} */ opened) {
  const size = { width: stage.clientWidth, height: stage.clientHeight };
  return {
    document: opened,
    history: begun(opened.people),
    live: null,
    person: opened.person,
    joint: null,
    finger: null,
    view: fitted(opened.canvas, opened.people, size),
    stage: size,
    locked: true,
    brushing: false,
    brush: { erases: false, size: BRUSH },
    brushAt: null,
    strokes: begun(/** @type {import("./store.js").Stroke[]} */ ([])),
    sheet: null,
    busy: opened.busy ? { stage: null, step: 0, steps: 0 } : null,
    conflict: null,
    saved: "saved",
  };
}

/**
 * Go on to another version of the picture, or to the same one as the server has it.
 *
 * @param {Store} store
 * @param {Saver} saver
 * @param {EditorDocument} next
 */
function adopted(store, saver, next) {
  const { state } = store;
  const busy = next.busy ? (state.busy ?? { stage: null, step: 0, steps: 0 }) : null;
  if (next.version === state.document.version) {
    store.change({ busy });
    return saver.hear(next);
  }
  const fresh = initial(next);
  const { canvas } = state.document;
  const grew = canvas.width !== next.canvas.width || canvas.height !== next.canvas.height;
  const { locked, brush } = state;
  store.change({ ...fresh, locked, brush, busy, view: grew ? fresh.view : state.view });
  return saver.began(next.mark, next.people);
}

/** Keep to the size of the screen; what was fitted stays fitted. */
function watchStage(/** @type {Store} */ store, /** @type {Actions} */ actions) {
  const first = Object.keys(store.state);
  store.change(Object.fromEntries(first.map((key) => [key, /** @type {any} */ (store.state)[key]])));
  new ResizeObserver(() => {
    const { view } = store.state;
    const wasFitted = Math.abs(view.scale - actions.whole.scale) < 1e-9;
    const size = { width: stage.clientWidth, height: stage.clientHeight };
    if (size.width === store.state.stage.width && size.height === store.state.stage.height) return;
    store.change({ stage: size });
    if (wasFitted) actions.fit();
    else actions.look(view);
  }).observe(stage);
}

/**
 * @param {Api} api
 * @param {Store} store
 * @param {Saver} saver
 * @param {(next: EditorDocument) => void} adopt
 * @param {() => void} over
 */
function hearServer(api, store, saver, adopt, over) {
  const live = new Live({
    hello: () => ({ type: "hello", visit: api.visit }),
    hear: (message) => {
      const isOther = message.version !== store.state.document.version;
      if (message.type === "pose" && isOther) void api.document().then(adopt);
      else if (message.type === "pose") saver.hear(message);
      if (message.type === "busy") {
        store.change({ busy: message.busy ? message : null });
        saver.touched();
      }
      if (message.type === "document") adopt(completed(message));
      if (message.type !== "over") return;
      live.close();
      over();
    },
  });
}

/** Send what is left when the page goes away, and let Telegram ask first. */
function leaveWell(/** @type {Store} */ store, /** @type {Saver} */ saver) {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") saver.leave();
  });
  window.addEventListener("pagehide", () => saver.leave());
  store.watch((changed, { saved }) => {
    if (any(changed, "saved")) telegram.askBeforeClosing(saved !== "saved");
  });
}

/** Offer the way back to the chat, where there is one; what was moved is saved before. */
function offerBack(/** @type {Saver} */ saver, /** @type {boolean} */ inTelegram) {
  const back = find("back");
  back.hidden = !inTelegram && history.length < 2;
  back.addEventListener("click", async () => {
    if (!(await saver.save())) return;
    if (inTelegram) telegram.post("web_app_close");
    else history.back();
  });
}

/** Put the editor away and say why. */
function close(/** @type {string} */ sentence) {
  find("closed-text").textContent = sentence;
  find("closed").hidden = false;
  document.body.dataset.closed = "";
}

/** @returns {HTMLElement} */
function find(/** @type {string} */ id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
