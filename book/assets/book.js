// What the pages need beyond the theme: names for screen readers, and the way to JupyterLab where there is one.

// Sliders and Play come from ipywidgets without names that a screen reader could say.
const PLAY_NAMES = { play: "Play", pause: "Pause", stop: "Stop and go back to the start", retweet: "Repeat" };

function nameSlider(row) {
  const handle = row.querySelector(".noUi-handle");
  const label = row.querySelector(".widget-label");
  const readout = row.querySelector(".widget-readout");
  if (!handle || !readout) return;
  handle.setAttribute("aria-label", label?.textContent.trim() || "Value");
  handle.setAttribute("aria-valuetext", readout.textContent.trim());
  readout.setAttribute("aria-hidden", "true");
  readout.contentEditable = "false"; // typing there does nothing in a page
}

function namePlay(play) {
  for (const button of play.querySelectorAll("button")) {
    const icon = [...(button.querySelector("i")?.classList ?? [])].find((name) => name.slice(3) in PLAY_NAMES);
    if (icon) button.setAttribute("aria-label", PLAY_NAMES[icon.slice(3)]);
  }
}

function nameWidgets() {
  document.querySelectorAll(".widget-slider, .widget-hslider").forEach(nameSlider);
  document.querySelectorAll(".widget-play").forEach(namePlay);
}

// Widgets appear late, and their readouts change: name them again when anything in an output changes.
function watchWidgets() {
  let pending = false;
  const rename = () => {
    pending = false;
    nameWidgets();
  };
  const watcher = new MutationObserver(() => {
    if (!pending) requestAnimationFrame(rename);
    pending = true;
  });
  for (const output of document.querySelectorAll(".cell_output")) {
    watcher.observe(output, { subtree: true, childList: true, characterData: true, attributeFilter: ["class"] });
  }
  nameWidgets();
}

// The server's lab.js sets courseLab to the address of the learner's own copies; elsewhere there is no button.
function addLabButton() {
  const title = document.querySelector(".bd-article h1");
  const chapter = DOCUMENTATION_OPTIONS.pagename.match(/^notebooks\/(.+)/)?.[1];
  if (!window.courseLab || !title || !chapter) return;
  const link = document.createElement("a");
  link.className = "btn btn-sm open-lab";
  link.href = `${window.courseLab}${chapter}.ipynb`;
  link.textContent = "Open in JupyterLab";
  link.title = "Your own copy of this chapter, to run and to change";
  title.after(link);
}

// On the map, a chapter under the pointer or in focus shows all that it builds on.
function markWay(map, chapter, marked) {
  map.querySelector(`[data-chapter="${chapter}"]`).classList.toggle("on-the-way", marked);
  for (const arrow of map.querySelectorAll(`[data-to="${chapter}"]`)) {
    arrow.classList.toggle("on-the-way", marked);
    markWay(map, arrow.dataset.from, marked);
  }
}

function watchMap() {
  for (const box of document.querySelectorAll(".learning-map a")) {
    const mark = (marked) => markWay(box.ownerSVGElement, box.dataset.chapter, marked);
    for (const event of ["mouseenter", "focus"]) box.addEventListener(event, () => mark(true));
    for (const event of ["mouseleave", "blur"]) box.addEventListener(event, () => mark(false));
  }
}

// Code, outputs and tables that scroll sideways must be reachable from the keyboard.
function focusScrollers() {
  const boxes = ".bd-article :is(pre, .output, .pst-scrollable-table-container, mjx-container[display])";
  for (const box of document.querySelectorAll(boxes)) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}

// Where the theme says something else to screen readers than it shows, or what they do not know.
function mendRoles() {
  document.querySelectorAll(".search-button-field").forEach((button) => button.removeAttribute("aria-label"));
  document.querySelectorAll("details.hide > summary").forEach((summary) => summary.removeAttribute("aria-label"));
  document.querySelectorAll(".citation-list > .citation").forEach((entry) => entry.setAttribute("role", "listitem"));
}

mendRoles();
watchWidgets();
addLabButton();
watchMap();
addEventListener("load", focusScrollers);
addEventListener("resize", focusScrollers);
document.addEventListener("toggle", focusScrollers, true); // code in a fold has no width before it is opened
// A printed page has all its folds open, and is light.
let closed = [];
let theme;

addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  closed.forEach((fold) => (fold.open = true));
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});

addEventListener("afterprint", () => {
  closed.forEach((fold) => (fold.open = false));
  document.documentElement.dataset.theme = theme;
});
