// The box in which one writes: completes commands and names, sends with Enter, keeps what is unsent.
import { facts, move, place } from "./talk.js";

for (const form of document.querySelectorAll("form.composer")) {
  const box = form.querySelector("textarea");
  const list = form.querySelector(".completion");
  const fault = form.querySelector(".fault");
  const key = `draft ${place.as} ${form.dataset.channel} ${form.dataset.thread}`;
  let chosen = -1;
  let finish = () => {};

  box.value = sessionStorage.getItem(key) ?? "";
  box.addEventListener("input", () => {
    sessionStorage.setItem(key, box.value);
    suggest();
  });
  box.addEventListener("blur", hide);
  box.addEventListener("focus", suggest);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    hide();
    box.value = "";
    sessionStorage.removeItem(key);
    fault.hidden = true;
    const stream = document.getElementById(form.dataset.thread ? "replies" : "stream");
    stream.scrollTop = stream.scrollHeight;
    try {
      await move("say", { channel: form.dataset.channel, thread: form.dataset.thread, text });
    } catch (error) {
      box.value = box.value || text;
      fault.textContent = error.message;
      fault.hidden = false;
    }
  });

  box.addEventListener("keydown", (event) => {
    // 229: Safari's way of saying that Enter ends a composition of Chinese signs.
    if (event.isComposing || event.keyCode === 229) return;
    const rows = [...list.children];
    const open = !list.hidden && rows.length > 0;
    if (open && event.key === "ArrowDown") mark(chosen + 1);
    else if (open && event.key === "ArrowUp") mark(chosen - 1);
    else if (open && event.key === "Escape") hide();
    else if (open && chosen >= 0 && (event.key === "Tab" || event.key === "Enter") && !event.shiftKey) finish(chosen);
    else if (event.key === "Enter" && !event.shiftKey) form.requestSubmit();
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the box keeps the focus
    const row = event.target.closest("li");
    if (row) finish([...list.children].indexOf(row));
  });

  function suggest() {
    const text = box.value;
    const before = text.slice(0, box.selectionEnd);
    const name = /(?:^|\s)@([^\s@]*)$/.exec(before);
    const { commands, mentions } = facts();
    if (text.startsWith("/") && !form.dataset.thread) {
      const [typed] = text.split(/\s/);
      const whole = typed.length < text.length;
      const fits = commands.filter((one) => (whole ? one.name === typed : one.name.startsWith(typed.toLowerCase())));
      show(fits.map((one) => [one.name, one.hint, one.about]));
      finish = (index) => put(whole ? text : `${fits[index].name} `);
      // A complete command only shows how it is used: Enter sends it.
      if (fits.length && !fits.some((one) => one.name === typed)) mark(0);
    } else if (name) {
      // A name that is complete needs no suggestion, so that Enter sends it.
      const fits = mentions.filter((one) => one !== name[1] && one.toLowerCase().startsWith(name[1].toLowerCase()));
      show(fits.map((one) => [`@${one}`, "", ""]));
      finish = (index) => put(`${before.slice(0, before.length - name[1].length)}${fits[index]} ${text.slice(before.length)}`);
      if (fits.length) mark(0);
    } else hide();
  }

  function show(rows) {
    list.replaceChildren(...rows.map((parts, index) => {
      const row = document.createElement("li");
      row.role = "option";
      row.id = `${list.id}-${index}`;
      ["strong", "code", "small"].forEach((tag, at) => {
        if (parts[at]) row.append(Object.assign(document.createElement(tag), { textContent: parts[at] }), " ");
      });
      return row;
    }));
    chosen = -1;
    list.hidden = !rows.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
  }
  function hide() {
    show([]);
  }
  function mark(index) {
    chosen = (index + list.children.length) % list.children.length;
    [...list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === chosen)));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", list.children[chosen].id);
  }
  function put(text) {
    box.value = text;
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
