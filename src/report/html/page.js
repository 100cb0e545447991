// Filters, search and order of the table of findings. The page is whole without it.
"use strict";
const form = document.getElementById("filters");
const table = document.getElementById("findings");
if (form && table) {
  const rows = Array.from(table.tBodies[0].rows);
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const search = form.elements.namedItem("search");
  const count = document.getElementById("count");

  const chosen = (name) => new Set(Array.from(form.querySelectorAll(`input[name=${name}]:checked`), (box) => box.value));

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = ["severity", "state", "fate"].map((name) => [name, chosen(name)]);
    let shown = 0;
    for (const row of rows) {
      const fits = wanted.every(([name, values]) => !row.dataset[name] || values.has(row.dataset[name])) &&
        words.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${rows.length} shown`;
  };

  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim().toLowerCase() : Number(cell.dataset.value);
  };

  const sort = (heading) => {
    const column = heading.cellIndex;
    const numbers = rows.length > 0 && rows[0].cells[column].dataset.value !== undefined;
    const ascending = heading.hasAttribute("aria-sort") ? heading.getAttribute("aria-sort") === "descending" : !numbers;
    for (const each of heading.parentElement.cells) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    rows.sort((a, b) => order(value(a, column), value(b, column)) * (ascending ? 1 : -1));
    table.tBodies[0].append(...rows);
  };

  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    button.addEventListener("click", () => sort(heading));
    heading.replaceChildren(button);
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  form.hidden = false;
  filter();
}
