"use strict";
// Filters the rows by words and by what they say; without this script every row is shown.
(() => {
  const form = document.querySelector("form.filter");
  const words = form.querySelector("#words");
  const differing = form.querySelector("#differing");
  const told = form.querySelector("[role=status]");
  const rows = [...document.querySelectorAll("[data-row]")].map((row) => {
    const around = row.dataset.depth === undefined ? [] : above(row);
    const text = [row, ...around.map((other) => other.firstElementChild)].map((each) => each.textContent).join(" ");
    return { row, above: around, text: text.toLowerCase(), same: row.dataset.row === "same" };
  });

  // The rows of the components that a row of the tree stands in.
  function above(row) {
    const found = [];
    let depth = Number(row.dataset.depth);
    for (let other = row.previousElementSibling; other && depth > 0; other = other.previousElementSibling) {
      if (Number(other.dataset.depth) < depth) {
        depth = Number(other.dataset.depth);
        found.push(other);
      }
    }
    return found;
  }

  function apply() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const kept = new Set();
    let count = 0;
    for (const each of rows) {
      const shown = wanted.every((word) => each.text.includes(word)) && !(differing.checked && each.same);
      if (shown) {
        count += 1;
        kept.add(each.row);
        each.above.forEach((other) => kept.add(other));
      }
    }
    for (const each of rows) {
      each.row.hidden = !kept.has(each.row);
    }
    for (const part of document.querySelectorAll("section, .scroll")) {
      part.hidden = part.querySelector("[data-row]") !== null && part.querySelector("[data-row]:not([hidden])") === null;
    }
    for (const details of document.querySelectorAll("details")) {
      if (wanted.length) {
        details.open = details.querySelector("[data-row]:not([hidden])") !== null;
      }
    }
    told.textContent = `${count} of ${rows.length} rows`;
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  apply();
})();
