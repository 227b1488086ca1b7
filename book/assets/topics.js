// The filter box of "Find your question". Without this script the page is the whole list.

function addFilter(first) {
  const form = document.createElement("form");
  form.className = "topic-filter";
  form.role = "search";
  form.innerHTML = `
    <label for="topic-filter">Show only questions with these words (English or 中文)</label>
    <input id="topic-filter" type="search" autocomplete="off" spellcheck="false">
    <p role="status"></p>`;
  first.before(form);
  return form;
}

// Every list item with its words, and every section with the items in it.
function readTopics() {
  const items = [...document.querySelectorAll(".topics > li")].map((item) => ({
    item,
    words: `${item.textContent} ${item.closest("section").firstElementChild.textContent}`.toLowerCase(),
  }));
  const sections = [...document.querySelectorAll("section:has(.topics)")].filter(
    (section) => section.parentElement.closest("section"), // all but the page itself
  );
  return { items, sections };
}

function show({ items, sections }, query) {
  const asked = query.toLowerCase().split(/\s+/);
  for (const { item, words } of items) item.hidden = !asked.every((word) => words.includes(word));
  for (const section of sections) section.hidden = !section.querySelector(".topics > li:not([hidden])");
  return items.filter(({ item }) => !item.hidden);
}

function start() {
  const topics = readTopics();
  const form = addFilter(topics.sections[0]);
  const box = form.querySelector("input");
  const status = form.querySelector("[role=status]");
  const update = () => {
    const left = show(topics, box.value).length;
    status.textContent = `${left} of ${topics.items.length} questions`;
  };
  box.addEventListener("input", update);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    document.querySelector(".topics > li:not([hidden]) a")?.focus(); // Enter leads to the first answer
  });
  update();
}

start();
