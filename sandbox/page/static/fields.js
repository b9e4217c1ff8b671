// Buttons, menus and fields drawn from Block Kit: reads them, sends them, asks before what wants a second thought.
import { busy, move, place, toast, word } from "./talk.js";

/** Name the message or form in which an element stands. */
function where(element) {
  const view = element.closest("[data-view-id]");
  if (view) return { view: view.dataset.viewId };
  const message = element.closest("[data-ts]");
  return { channel: message.dataset.channel, ts: message.dataset.ts };
}

function valuesOf(field) {
  if (field.matches(".typeahead"))
    return [...field.querySelectorAll(".chip")].map((chip) => ({ value: chip.dataset.value, text: chip.textContent }));
  if (field.matches(".many, .ticks")) return [...field.querySelectorAll("input:checked")].map((tick) => tick.value);
  return [field.querySelector("select, textarea, input").value];
}

/** All fields beside an element, as the workspace takes them. */
function around(element) {
  const fields = element.closest("[data-view-id], [data-ts]").querySelectorAll(".field:not(.overflow)");
  return [...fields].map((each) => [each.dataset.blockId, each.dataset.actionId, each.dataset.kind, valuesOf(each)]);
}

const named = (element) => ({ ...where(element), action_id: element.dataset.actionId, block_id: element.dataset.blockId });

/** Ask, where the app wants it; resolves to whether the person agreed. */
function agreed(element) {
  if (!element.dataset.confirm) return Promise.resolve(true);
  const asked = JSON.parse(element.dataset.confirm);
  const dialog = document.getElementById("confirm");
  const [no, yes] = dialog.querySelectorAll("button");
  dialog.querySelector("h2").textContent = asked.title;
  dialog.querySelector("p").textContent = asked.text;
  no.textContent = asked.deny || word("Cancel");
  yes.textContent = asked.confirm || word("OK");
  yes.className = `button ${asked.style === "danger" ? "danger" : "primary"}`;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((tell) =>
    dialog.addEventListener("close", () => tell(dialog.returnValue === "yes"), { once: true }),
  );
}

async function press(button) {
  if (!(await agreed(button))) return;
  if (button.dataset.url) window.open(button.dataset.url, "_blank", "noopener");
  await busy(button, () => move("press", { ...named(button), fields: around(button) }));
}

/** Tell the app what was chosen, if it wants to hear of this field at once. */
async function changed(field, values = valuesOf(field)) {
  if (!field.hasAttribute("data-sends") && !field.matches(".overflow")) return;
  if (!(await agreed(field))) {
    const select = field.querySelector("select");
    if (select) select.selectedIndex = [...select.options].findIndex((option) => option.defaultSelected);
    return;
  }
  const kind = field.dataset.kind;
  await busy(field, () => move("choose", { ...named(field), kind, values, fields: around(field) }));
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("button, [data-do]");
  if (!target) return;
  const { dataset } = target;
  const field = target.closest(".field");
  if (dataset.option !== undefined) {
    target.closest("details").open = false;
    if (dataset.url) window.open(dataset.url, "_blank", "noopener");
    changed(field, [dataset.option]);
  } else if (dataset.actionId) press(target);
  else if (target.matches(".chip")) {
    target.remove();
    field.dataset.touched = "";
    changed(field);
  } else if (dataset.shortcut) busy(target, () => move("shortcut", { shortcut: dataset.shortcut }));
  else if (dataset.messageShortcut)
    busy(target, () => move("shortcut", { shortcut: dataset.messageShortcut, ...where(target) }));
  else if (dataset.do === "all-rows") {
    for (const row of target.closest(".table").querySelectorAll("tr[hidden]")) row.hidden = false;
    target.remove();
  } else if (dataset.do === "close-form") closeForm(target.closest("dialog"));
  else if (dataset.do === "close-forms") closeForm(target.closest("dialog"), true);
  if (dataset.shortcut || dataset.messageShortcut) target.closest("details").open = false;
});

const closeForm = (dialog, all = false) => busy(dialog, () => move("close", { view: dialog.dataset.viewId, all }));

// Forms

document.addEventListener("submit", (event) => {
  const dialog = event.target.closest("dialog.modal");
  if (!dialog) return;
  event.preventDefault();
  const button = dialog.querySelector("[type=submit]");
  if (!button) return;
  busy(button, async () => {
    await move("submit", { view: dialog.dataset.viewId, fields: around(button) });
    document.querySelector("dialog.modal .wrong :is(input, select, textarea, summary)")?.focus();
  });
});
document.addEventListener("cancel", (event) => {
  if (!event.target.matches("dialog.modal")) return;
  event.preventDefault();
  closeForm(event.target);
}, true);
// A browser may close a dialog without asking; the workspace must hear of it.
document.addEventListener("close", (event) => {
  if (event.target.matches("dialog.modal") && event.target.isConnected) closeForm(event.target);
}, true);

// Choosing and typing

document.addEventListener("change", (event) => {
  const field = event.target.closest(".field");
  if (!field) return;
  field.dataset.touched = "";
  if (field.matches(".many")) {
    const ticked = [...field.querySelectorAll("input:checked")];
    const most = Number(field.dataset.most || 0);
    if (most && ticked.length > most) {
      event.target.checked = false;
      toast(word("Please choose at most {}.").replace("{}", most));
      return;
    }
    const names = ticked.map((tick) => tick.nextElementSibling.textContent);
    field.querySelector(".picked").textContent = names.join(", ") || field.querySelector("summary").dataset.placeholder;
    field.dataset.waiting = ""; // sent when the list closes, so that several ticks are one choice
  } else if (field.matches(".select, .ticks") || /date|time/.test(event.target.type)) changed(field);
});
document.addEventListener("toggle", (event) => {
  const field = event.target;
  if (!field.matches?.(".many") || field.open || field.dataset.waiting === undefined) return;
  delete field.dataset.waiting;
  changed(field);
}, true);

let typing;
document.addEventListener("compositionend", (event) => event.target.dispatchEvent(new Event("input", { bubbles: true })));
document.addEventListener("input", (event) => {
  const field = event.target.closest(".field");
  if (!field) return;
  field.dataset.touched = "";
  if (event.isComposing) return; // half a Chinese word finds nothing
  clearTimeout(typing);
  // A pause of a fifth of a second: most people type the next letter sooner.
  if (field.matches(".typeahead")) typing = setTimeout(() => search(field), 200);
  else if (field.dataset.when?.includes("on_character_entered")) typing = setTimeout(() => changed(field), 200);
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.(".field");
  if (!field || event.isComposing) return;
  if (field.matches(".typeahead")) return steer(field, event);
  const sendsOnEnter = field.hasAttribute("data-sends") && (field.dataset.when ?? "on_enter_pressed").includes("on_enter");
  if (event.key === "Enter" && field.matches(".text") && sendsOnEnter && !event.shiftKey) {
    event.preventDefault();
    changed(field);
  }
});

// Type-ahead: the app offers what fits the words typed so far

const listOf = (field) => field.querySelector(".sheet");

async function search(field) {
  const input = field.querySelector("input");
  const list = listOf(field);
  if (input.value.length < Number(field.dataset.least)) return closeList(field);
  const asked = new URLSearchParams({ as: place.as, ...named(field), text: input.value });
  note(list, word("Searching …"));
  openList(field);
  const answer = await fetch(`/page/options?${asked}`);
  if (document.activeElement !== input) return closeList(field);
  const offered = answer.ok ? await answer.json() : [];
  list.replaceChildren(...offered.map((option, index) => {
    const row = document.createElement("span");
    row.role = "option";
    row.id = `${field.dataset.blockId}-${index}`;
    row.dataset.value = option.value;
    row.textContent = option.text;
    return row;
  }));
  if (offered.length) mark(field, 0);
  else note(list, word("No match"));
}

function note(list, words) {
  const row = document.createElement("small");
  row.textContent = words;
  list.replaceChildren(row);
}
function openList(field) {
  listOf(field).hidden = false;
  field.querySelector("input").setAttribute("aria-expanded", "true");
  field.dispatchEvent(new CustomEvent("place-sheet", { bubbles: true }));
}
function closeList(field) {
  listOf(field).hidden = true;
  field.querySelector("input").setAttribute("aria-expanded", "false");
}
function mark(field, index) {
  const rows = [...listOf(field).querySelectorAll("[role=option]")];
  const chosen = (index + rows.length) % rows.length;
  rows.forEach((row, at) => row.setAttribute("aria-selected", at === chosen));
  rows[chosen]?.scrollIntoView({ block: "nearest" });
  field.querySelector("input").setAttribute("aria-activedescendant", rows[chosen]?.id ?? "");
}
function pick(field, row) {
  const chip = document.createElement("button");
  Object.assign(chip, { type: "button", className: "chip", textContent: row.textContent });
  chip.dataset.value = row.dataset.value;
  chip.setAttribute("aria-label", `${word("Remove")} ${row.textContent}`);
  const input = field.querySelector("input");
  if (!field.hasAttribute("data-many")) field.querySelectorAll(".chip").forEach((old) => old.remove());
  input.before(chip);
  input.value = "";
  field.dataset.touched = "";
  closeList(field);
  changed(field);
}
function steer(field, event) {
  const rows = [...listOf(field).querySelectorAll("[role=option]")];
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "Backspace" && !event.target.value) field.querySelector(".chip:last-of-type")?.click();
  if (event.key === "Enter") event.preventDefault(); // never submit a form from here
  if (listOf(field).hidden || !rows.length) return;
  if (event.key === "ArrowDown") mark(field, at + 1);
  else if (event.key === "ArrowUp") mark(field, at - 1);
  else if (event.key === "Enter") pick(field, rows[at]);
  else if (event.key === "Escape") closeList(field);
  else return;
  event.preventDefault();
}
document.addEventListener("mousedown", (event) => {
  const row = event.target.closest(".typeahead [role=option]");
  if (!row) return;
  event.preventDefault();
  pick(row.closest(".field"), row);
});
document.addEventListener("focusin", (event) => {
  const field = event.target.closest(".typeahead");
  if (field && event.target.matches("input") && field.dataset.least === "0") search(field);
});
document.addEventListener("focusout", (event) => {
  const field = event.target.closest(".typeahead");
  if (field && event.target.matches("input")) closeList(field);
});
