// Keeps the page as the workspace is: draws changes in place, without losing what is typed, focused or scrolled to.
import "./composer.js";
import "./fields.js";
import { afterMove, move, place } from "./talk.js";

const touched = !matchMedia("(hover: hover)").matches; // a phone or tablet
const regions = () => [...document.querySelectorAll("[data-live]")];
/** Each part of a region as the server drew it, to see what has changed since. */
const drawn = new WeakMap();
for (const region of regions()) for (const part of region.children) drawn.set(part, part.outerHTML);

const hook = ({ dataset }) =>
  `[data-action-id="${CSS.escape(dataset.actionId)}"][data-block-id="${CSS.escape(dataset.blockId)}"]`;

/** Take over into `fresh` what a person typed, opened or scrolled to in `old`. */
function carry(old, fresh) {
  const before = document.createElement("template");
  before.innerHTML = drawn.get(old);
  for (const field of old.querySelectorAll(".field[data-touched], .field[open]")) {
    const next = fresh.querySelector(`.field${hook(field)}`);
    const was = before.content.querySelector(`.field${hook(field)}`);
    // As in Slack, an app cannot change a text that somebody types; other fields stay if they are drawn as before.
    if (next && (field.matches(".text") || was?.outerHTML === next.outerHTML)) next.replaceWith(field);
  }
  for (const details of old.querySelectorAll("details[id][open]"))
    fresh.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
  if (old.matches("details[open]")) fresh.setAttribute("open", "");
}

/** Remember where the focus is inside `old`; the returned function puts it back inside what replaced it. */
function keepFocus(old) {
  const focused = document.activeElement;
  if (!old.contains(focused)) return () => {};
  const owner = focused.closest("[data-action-id]");
  const own = focused.matches("[data-do]") ? `[data-do=${focused.dataset.do}]` : "[type=submit]";
  const selector = focused.id ? `#${CSS.escape(focused.id)}` : owner ? hook(owner) : own;
  const { selectionStart, selectionEnd } = focused;
  return (fresh) => {
    let target = focused.isConnected ? focused : fresh.querySelector(selector);
    if (target && !target.matches("button, input, select, textarea, summary, a"))
      target = target.querySelector("input, select, textarea, summary, button");
    target?.focus({ preventScroll: true });
    if (typeof selectionStart === "number") target?.setSelectionRange?.(selectionStart, selectionEnd);
  };
}

function swap(region, fresh) {
  const old = new Map([...region.children].map((part) => [part.dataset.key, part]));
  const known = new Set(old.keys());
  const atBottom = region.scrollHeight - region.scrollTop - region.clientHeight < 60; // about one line from the end
  const after = [];
  const wanted = [...fresh.children].map((part) => {
    const mine = old.get(part.dataset.key);
    old.delete(part.dataset.key);
    const html = part.outerHTML;
    if (mine && drawn.get(mine) === html) return mine;
    drawn.set(part, html);
    if (mine) {
      const refocus = keepFocus(mine);
      const scrolled = mine.querySelector(".fields-of-form")?.scrollTop;
      carry(mine, part);
      mine.replaceWith(part);
      after.push(() => {
        if (scrolled) part.querySelector(".fields-of-form").scrollTop = scrolled;
        refocus(part);
      });
    } else if (part.matches("dialog")) part.classList.add("new");
    return part;
  });
  for (const gone of old.values()) gone.remove();
  wanted.forEach((part, at) => {
    if (region.children[at] !== part) region.insertBefore(part, region.children[at] ?? null);
  });
  openForms();
  for (const act of after) act();
  const newest = region.lastElementChild;
  if (!newest || !atBottom || region.hasAttribute("data-bottomless")) return;
  // Of a card that is taller than the window one reads the head first.
  if (!known.has(newest.dataset.key) && newest.offsetHeight > region.clientHeight) newest.scrollIntoView({ block: "start" });
  else region.scrollTop = region.scrollHeight;
}

/** Show a form that was drawn; its first field has the focus, except where that would open a phone's keyboard. */
function openForms() {
  for (const dialog of document.querySelectorAll("dialog.modal:not([open])")) {
    dialog.showModal();
    const field = ".fields-of-form :is(input, select, textarea, summary, button)";
    const first = dialog.querySelector("[autofocus]") ?? dialog.querySelector(field) ?? dialog.querySelector("[type=submit]");
    (touched ? dialog.querySelector("h2") : first)?.focus();
  }
}

/** Nothing is swapped under a finger that is down: the click would be lost. */
let untouched = Promise.resolve();
document.addEventListener("pointerdown", () => {
  untouched = new Promise((lifted) => {
    for (const end of ["pointerup", "pointercancel"])
      document.addEventListener(end, () => setTimeout(lifted), { once: true });
    setTimeout(lifted, 800); // longer than a click takes; a browser's own menu swallows the end
  });
}, true);

let running = null;
let again = false;
/** Fetch the page anew and take over what changed; calls that come meanwhile are one more. */
function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = (async () => {
    do {
      again = false;
      const url = new URL(location.href);
      if (document.visibilityState !== "visible") url.searchParams.set("seen", "no");
      const answer = await fetch(url);
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      await untouched;
      for (const region of regions()) {
        const next = fresh.getElementById(region.id);
        if (next) swap(region, next);
      }
      document.getElementById("facts").textContent = fresh.getElementById("facts").textContent;
    } while (again);
  })().finally(() => (running = null));
  return running;
}
afterMove(refresh);
document.addEventListener("visibilitychange", refresh);

const away = document.getElementById("away");
let leaving = false;
window.addEventListener("pagehide", () => (leaving = true));
function listen() {
  const socket = new WebSocket(`ws://${location.host}/page/live`);
  socket.addEventListener("message", () => {
    away.hidden = true;
    refresh().catch(() => {});
  });
  socket.addEventListener("close", () => {
    if (leaving) return;
    away.hidden = false;
    setTimeout(listen, 1000); // often enough to feel immediate after a restart, seldom enough to be quiet
  });
}

// Menus: one open at a time, placed where there is room

function placeSheet(menu) {
  const sheet = menu.querySelector(".sheet");
  const face = (menu.querySelector("summary") ?? menu).getBoundingClientRect();
  const below = window.innerHeight - face.bottom - 12;
  const above = face.top - 12;
  const up = below < Math.min(sheet.scrollHeight, 280) && above > below;
  const width = Math.min(Math.max(face.width, sheet.scrollWidth), window.innerWidth - 16);
  Object.assign(sheet.style, {
    left: `${Math.max(8, Math.min(face.left, window.innerWidth - width - 8))}px`,
    top: up ? "auto" : `${face.bottom + 4}px`,
    bottom: up ? `${window.innerHeight - face.top + 4}px` : "auto",
    minWidth: `${Math.min(face.width, width)}px`,
    maxHeight: `${Math.min(320, up ? above : below)}px`,
  });
}
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details.menu") && event.target.open) placeSheet(event.target);
}, true);
document.addEventListener("place-sheet", (event) => placeSheet(event.target));
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(except)) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("scroll", () => document.querySelectorAll("details.menu[open]").forEach(placeSheet), true);
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (event.key !== "Escape") return;
  if (menu) {
    event.preventDefault();
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if ("drawer" in place) drawer(false);
});

// On a phone the sidebar is a drawer

function drawer(open) {
  if (open) place.drawer = "";
  else delete place.drawer;
  const burger = document.querySelector(".burger");
  burger.setAttribute("aria-expanded", String(open));
  (open ? document.querySelector(".side summary") : burger).focus();
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=drawer]")) drawer(!("drawer" in place));
});

for (const region of document.querySelectorAll("#stream, #replies")) region.scrollTop = region.scrollHeight;
openForms();
if (place.tab === "home") move("open-tab", { tab: "home" }).catch(() => {});
// A phone would open its keyboard over the messages; there one taps first.
if (!touched && !document.querySelector("dialog[open]"))
  document.querySelector(place.thread ? "#reply" : "#write")?.focus();
listen();
