// Runs before every other script of a page.

// Font Awesome would replace <i> icons by <svg>, which breaks the Play widget: let it use its web font. Browsers load
// no fonts from file: addresses; there, an <svg> nested in the <i> is the next best.
const onFile = location.protocol === "file:";
window.FontAwesome.config.autoReplaceSvg = onFile ? "nest" : false;
window.FontAwesome.config.observeMutations = onFile;

// ipywidgets typesets formulas with MathJax 2's queue; this book has MathJax 3. Sphinx and MathJax assign
// window.MathJax in turn, so each assigned object gets a queue.
(() => {
  let mathjax;
  const Queue = (...tasks) =>
    tasks
      .filter((task) => Array.isArray(task) && task[0] === "Typeset")
      .forEach((task) => mathjax.startup?.promise?.then(() => mathjax.typesetPromise(task[2] ? [task[2]] : undefined)));
  Object.defineProperty(window, "MathJax", {
    get: () => mathjax,
    set: (value) => {
      mathjax = value;
      if (mathjax) mathjax.Hub = { Queue };
    },
  });
})();
