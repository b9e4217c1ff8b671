// Talks to the workspace: what a person does goes there, what it refuses is shown.

export const place = document.body.dataset;

export const facts = () => JSON.parse(document.getElementById("facts").textContent);
export const word = (english) => facts().words[english] ?? english;

const whenDone = [];
/** Let the page be drawn anew after each move, before the pressed button stops being busy. */
export const afterMove = (act) => whenDone.push(act);

/** Do something in the workspace; resolves once the app has answered. Throws Error with the words of a refusal. */
export async function move(verb, what) {
  const answer = await fetch(`/page/do/${verb}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ as: place.as, ...what }),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  await Promise.all(whenDone.map((act) => act()));
  return told;
}

/** Mark an element as busy while `act` runs; a second click meanwhile does nothing. */
export async function busy(element, act) {
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  try {
    await act();
  } catch (error) {
    toast(word("That did not work: {}").replace("{}", error.message));
  } finally {
    element.removeAttribute("aria-busy");
  }
}

let fading;
export function toast(words) {
  const shown = document.getElementById("toast");
  shown.textContent = words;
  shown.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => (shown.hidden = true), 6000); // long enough to read two lines
}
