/* What the pages cannot do by themselves: focus and speech after swaps, dialogs, toasts, selection, comboboxes, file drop.
   Everything works without it as plain links and forms. Elements say what they do with data-action. */
"use strict";
(() => {
  /* What is being typed or chosen is never overwritten by an answer. Idiomorph's own ignoreActiveValue would keep the words of a
     button or link that has the focus as well. */
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, element) =>
    !(name === "value" && element === document.activeElement) &&
    !(name === "selected" && element.closest("select") === document.activeElement);
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* Speech: the two live regions stand outside everything that is swapped. */
  const speak = (id, text) => {
    const region = one(`#${id}`);
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 50);
  };
  document.addEventListener("say", (event) => speak("status", event.detail.value));
  document.addEventListener("alarm", (event) => warn(event.detail.value));

  const warn = (text) => {
    const toast = document.createElement("div");
    toast.className = "banner bad";
    toast.dataset.toast = "";
    const body = toast.appendChild(document.createElement("div"));
    const words = body.appendChild(document.createElement("div"));
    words.className = "text";
    words.textContent = text;
    const close = body.appendChild(document.createElement("button"));
    close.className = "btn quiet small";
    close.dataset.action = "dismiss";
    close.textContent = document.body.dataset.sayDismiss;
    one("#toasts").append(toast);
    speak("alert", text);
  };
  document.addEventListener("htmx:responseError", () => warn(document.body.dataset.sayFailed));
  document.addEventListener("htmx:sendError", () => warn(document.body.dataset.sayOffline));

  const spoken = new Map();
  const speakProgress = (root) => {
    for (const part of all("[data-progress]", root)) {
      const bar = one("progress", part);
      if (bar.position < 0) continue;
      const quarter = Math.floor(bar.position * 4) * 25;
      if (spoken.get(part.dataset.progress) === quarter) continue;
      spoken.set(part.dataset.progress, quarter);
      speak("status", `${part.dataset.label} ${quarter} %`);
    }
  };

  const speakFlash = () => {
    const said = all("#flash .text").map((text) => text.textContent).join(" ");
    if (said) speak("status", said);
  };

  /* Focus: an invalid form shows its summary, a new page its heading. What an answer takes away, or a request disables, gives
     the focus on to what stands in its place: in the same moment, so that no key goes astray. */
  const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  let held = null; // where the focus is, or was until it got lost
  const isLost = () => !document.activeElement || document.activeElement === document.body;
  const hold = () => { if (!isLost()) held = place(document.activeElement); };
  const place = (element) => {
    const row = element.closest("tr, li");
    const regions = [];
    for (let at = element.parentElement; at && at.id !== "main"; at = at.parentElement) if (at.id) regions.push(at.id);
    return { element, path: location.pathname, regions, index: row ? [...row.parentNode.children].indexOf(row) : -1 };
  };
  const takes = (element) => { if (element) element.focus(); return !isLost(); };
  const restore = () => {
    if (!held || !isLost()) return;
    const regions = held.regions.map((id) => document.getElementById(id)).filter(Boolean);
    const rows = held.index >= 0 && regions.length ? all("tbody > tr, li", regions[0]) : [];
    const near = [...rows.slice(held.index), ...rows.slice(0, held.index).reverse(), ...regions];
    const inside = near.flatMap((each) => all(FOCUSABLE, each));
    [held.element, document.getElementById(held.element.id), ...inside, one("h1[tabindex]")].some(takes);
  };
  const refocus = (root) => {
    const summary = one("[data-error-summary]", root) || (root.matches?.("[data-error-summary]") ? root : null);
    if (summary) return summary.focus();
    if (root === document.body) {
      const kept = held?.path === location.pathname && document.getElementById(held.element.id);
      return takes(kept) || takes(one("h1[tabindex]"));
    }
    const wanted = one("[autofocus]", root);
    return wanted ? wanted.focus() : restore();
  };
  document.addEventListener("focusin", hold);
  document.addEventListener("mousedown", () => { held = null; }, true); // who clicks beside everything wants no focus
  document.addEventListener("close", restore, true); // of a dialog, when what opened it is gone
  document.addEventListener("htmx:beforeSwap", hold);
  document.addEventListener("htmx:afterRequest", restore);
  document.addEventListener("htmx:afterSettle", (event) => {
    const root = event.detail.elt;
    if (root.id === "dialog" && root.childElementCount && !root.open) root.showModal();
    refocus(root);
    if (root === document.body || root.id === "flash") speakFlash();
    speakProgress(root.isConnected ? root : document);
    count();
  });

  /* Dialogs and menus */
  const openDialog = (button) => {
    const menu = button.closest("details.menu");
    if (menu) one("summary", menu).focus(); // the menu closes: its button is where the focus returns
    one(`#${CSS.escape(button.dataset.dialog)}`).showModal();
  };
  const closeMenus = (except) => all("details.menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });

  /* Selection: the batch bar says how many. */
  const count = () => {
    for (const batch of all("[data-batch]")) {
      const form = batch.closest("form");
      const text = one("[data-count]", batch);
      const boxes = all("td.pick input", form);
      const chosen = boxes.filter((box) => box.checked).length;
      text.textContent = text.dataset.text.replace("{count}", chosen);
      const whole = one("[data-action=select-all]", form);
      whole.checked = chosen > 0 && chosen === boxes.length;
      whole.indeterminate = chosen > 0 && chosen < boxes.length;
    }
  };
  const selectAll = (box) => all("td.pick input", box.closest("table")).forEach((each) => { each.checked = box.checked; });

  const openRow = (row, event) => {
    if (!event.target.closest("a, button, input, label") && getSelection().isCollapsed) one("[data-open]", row).click();
  };

  const actions = {
    "open-dialog": openDialog,
    "close-dialog": (button) => button.closest("dialog").close(),
    "dismiss": (button, event) => {
      button.closest("[data-toast]").remove();
      if (!event.detail) restore(); // a key, not the mouse
    },
    "open": openRow,
    "select-all": selectAll,
  };
  document.addEventListener("click", (event) => {
    const element = event.target.closest("[data-action]");
    if (element) actions[element.dataset.action]?.(element, event);
    closeMenus(event.target.closest("summary")?.parentNode);
    const option = event.target.closest("[data-combo] [data-value]");
    if (option) choose(option);
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest(".pick")) count();
    if (event.target.matches("[data-drop] input")) listFiles(event.target);
  });
  document.addEventListener("closeDialog", () => all("dialog[open]").forEach((dialog) => dialog.close()));

  /* Combobox: the server finds, the arrows choose. */
  const options = (input) => all("[data-value]", document.getElementById(input.getAttribute("aria-controls")));
  const fold = (input) => {
    document.getElementById(input.getAttribute("aria-controls")).replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (input, option) => {
    options(input).forEach((each) => each.setAttribute("aria-selected", String(each === option)));
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const chip = (box, option) => {
    const label = document.createElement("label");
    label.className = "chip";
    const input = Object.assign(document.createElement("input"), { type: "checkbox", name: box.dataset.name, value: option.dataset.value, checked: true });
    label.append(input, option.dataset.text);
    box.append(label);
  };
  const choose = (option) => {
    const combo = option.closest("[data-combo]");
    const input = one("[role=combobox]", combo);
    if (combo.dataset.combo === "many") {
      chip(one("[data-chips]", combo), option);
      input.value = "";
    } else {
      one("[data-combo-value]", combo).value = option.dataset.value;
      input.value = option.dataset.text;
      one("[data-combo-value]", combo).dispatchEvent(new Event("change", { bubbles: true }));
    }
    fold(input);
    input.focus();
  };
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest(".combo-list")) event.preventDefault(); // the input keeps the focus until the click has chosen
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches("[role=combobox]")) fold(event.target);
  });
  document.addEventListener("input", (event) => {
    const value = event.target.matches("[role=combobox]") && one("[data-combo-value]", event.target.parentNode);
    if (value) value.value = "";
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches("[role=combobox]")) return;
    event.detail.parameters = new FormData();
    event.detail.parameters.set("q", event.target.value);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.target.matches(".combo-list")) return;
    const input = one("[role=combobox]", event.target.parentNode);
    if (input === document.activeElement) input.setAttribute("aria-expanded", "true");
    else fold(input);
  });
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  const comboKey = (event) => {
    const input = event.target;
    const list = options(input);
    const active = list.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" && !list.length) htmx.trigger(input, "look");
    else if (event.key in steps && list.length) point(input, list[(active + steps[event.key] + list.length) % list.length] || list[0]);
    else if (event.key === "Enter" && active >= 0) choose(list[active]);
    else if (event.key === "Escape" && input.getAttribute("aria-expanded") === "true") fold(input);
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("[role=combobox]")) comboKey(event);
    if (event.key === "Escape") {
      const menu = one("details.menu[open]");
      closeMenus();
      if (menu) one("summary", menu).focus();
    }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && one("#search")) {
      event.preventDefault();
      one("#search").select();
    }
  });

  /* File drop: the zone fills the input, the list says what was taken. */
  const listFiles = (input) => {
    const list = one("[data-files]", input.closest("[data-drop]"));
    list.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} · ${new Intl.NumberFormat(document.documentElement.lang).format(Math.ceil(file.size / 1024))} kB`;
      return item;
    }));
  };
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("[data-drop]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("over", kind === "dragover");
      if (kind !== "drop") return;
      const input = one("input[type=file]", zone);
      input.files = event.dataTransfer.files;
      listFiles(input);
    });
  }

  one("[data-error-summary]")?.focus();
  speakFlash();
  speakProgress(document);
  count();
  const linked = document.getElementById(location.hash.slice(1));
  if (linked?.matches("details")) linked.open = true;
  if (linked?.matches("dialog")) linked.showModal();
})();
