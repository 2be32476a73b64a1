/* The box at the top of every page: what it offers is opened by a click or by Enter; Ctrl+K and ⌘K lead to it.
   The list itself works as every combobox of app.js does: the server finds, the arrows choose. */
"use strict";
(() => {
  const box = document.getElementById("search");
  const open = (option, event) => {
    event.preventDefault();
    event.stopImmediatePropagation(); // a combobox of a form would take the value instead
    location.assign(option.dataset.value);
  };
  document.addEventListener("click", (event) => {
    const option = event.target.closest("#palette [data-value]");
    if (option) open(option, event);
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "search" || event.key !== "Enter") return;
    const option = document.querySelector("#palette [aria-selected=true]");
    if (option) open(option, event);
  }, true);
  box?.addEventListener("focus", () => htmx.trigger(box, "look"));
})();
