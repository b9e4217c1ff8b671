// Keeps the mailbox as it is: new letters appear by themselves, and a letter is shown as high as it is.

/** Let a frame be as high as what it shows; nothing runs in it, so its height does not change later. */
function fit(frame) {
  if (!frame.contentDocument?.body?.hasChildNodes()) return;
  frame.style.height = "0"; // what it shows is never said to be lower than the frame itself
  frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + 2}px`;
}
for (const frame of document.querySelectorAll("iframe.shown")) {
  frame.addEventListener("load", () => fit(frame));
  fit(frame);
}
window.addEventListener("resize", () => document.querySelectorAll("iframe.shown").forEach(fit));

let known = "";
/** Take over the letters and the side bar as the server draws them now. */
async function refresh() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const first = !document.querySelector(".post");
  if (first && fresh.querySelector(".post")) return location.reload();
  for (const id of ["letters", "side"]) {
    const [mine, next] = [document.getElementById(id), fresh.getElementById(id)];
    if (mine.innerHTML !== next.innerHTML && !mine.contains(document.activeElement)) mine.innerHTML = next.innerHTML;
  }
}

let leaving = false;
window.addEventListener("pagehide", () => (leaving = true));
function listen() {
  const socket = new WebSocket(`ws://${location.host}/page/live`);
  socket.addEventListener("message", ({ data }) => {
    if (known && known !== data) refresh().catch(() => {});
    known = data;
  });
  socket.addEventListener("close", () => {
    if (!leaving) setTimeout(listen, 1000); // often enough to feel immediate after a restart, seldom enough to be quiet
  });
}
listen();

// On a phone the side bar is a drawer.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-do=drawer]")) return;
  const open = !("drawer" in document.body.dataset);
  if (open) document.body.dataset.drawer = "";
  else delete document.body.dataset.drawer;
  document.querySelector(".burger").setAttribute("aria-expanded", String(open));
});
