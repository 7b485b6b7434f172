/* The pages that decide on a subscriber: the window with its tabs, usual texts, the end date as the start date changes. */
"use strict";
(() => {
  /* ---- the usual text of the reason chosen; a text of one's own stays until its owner says otherwise */
  function bringTexts(select) {
    const area = document.getElementById(select.dataset.usual);
    const source = document.getElementById("textes-habituels");
    if (!area || !source || select.dataset.started) return;
    select.dataset.started = "1";
    const texts = JSON.parse(source.textContent);
    const offer = select.form.querySelector("[data-usual-offer]");
    const isUsual = () => !area.value.trim() || Object.values(texts).includes(area.value.replace(/\r\n/g, "\n"));
    const put = () => { area.value = texts[select.value] || ""; if (offer) offer.hidden = true; };
    select.addEventListener("change", () => {
      if (isUsual()) put();
      else if (offer) offer.hidden = !texts[select.value] || area.value === texts[select.value];
    });
    offer?.querySelector("button").addEventListener("click", () => { put(); area.focus(); });
  }

  /* ---- « Expire le » follows the start date, by the portal's rule */
  const french = (day) => day.toLocaleDateString("fr-FR", { timeZone: "UTC", day: "2-digit", month: "2-digit", year: "numeric" });

  function endOf(start, duration) {
    const day = new Date(`${start}T00:00:00Z`);
    if (Number.isNaN(day.getTime())) return null;
    if (duration === "days_365") return new Date(day.getTime() + 365 * 86400000);
    const leapDay = day.getUTCMonth() === 1 && day.getUTCDate() === 29;
    return new Date(Date.UTC(day.getUTCFullYear() + 1, day.getUTCMonth(), leapDay ? 28 : day.getUTCDate()));
  }

  function followStart(field) {
    const start = document.getElementById(field.dataset.endOf);
    if (!start || field.dataset.started) return;
    field.dataset.started = "1";
    start.addEventListener("input", () => {
      const end = endOf(start.value, field.dataset.duration);
      if (end) field.value = french(end);
    });
  }

  /* ---- tabs: sections with headings where there is no script */
  function makeTabs(box) {
    if (box.dataset.started) return;
    box.dataset.started = "1";
    const panels = [...box.querySelectorAll("[data-tab]")];
    const kept = box.closest("form")?.querySelector("[data-tab-kept]");
    const list = Object.assign(document.createElement("div"), { className: "tabs" });
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", box.dataset.tabs);
    const tabs = panels.map((panel) => tabOf(panel));
    const open = (tab, focus) => {
      tabs.forEach((other, n) => {
        other.setAttribute("aria-selected", String(other === tab));
        other.tabIndex = other === tab ? 0 : -1;
        panels[n].hidden = other !== tab;
      });
      if (kept) kept.value = panels[tabs.indexOf(tab)].dataset.tab;
      if (focus) tab.focus();
    };
    list.append(...tabs);
    box.prepend(list);
    list.addEventListener("click", (event) => { const tab = event.target.closest("[role=tab]"); if (tab) open(tab, true); });
    list.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      open(tabs[(to + tabs.length) % tabs.length], true);
    });
    // A link of the list of errors leads into a tab that may be shut.
    box.closest("form")?.addEventListener("click", (event) => {
      const field = document.querySelector(event.target.closest(".error-list a")?.hash || null);
      const panel = field?.closest("[data-tab]");
      if (panel) { event.preventDefault(); open(tabs[panels.indexOf(panel)]); field.focus(); }
    });
    open(tabs[Math.max(0, panels.findIndex((panel) => panel.dataset.tab === box.dataset.open))]);
  }

  function tabOf(panel) {
    const title = panel.querySelector("[data-tab-title]");
    const tab = Object.assign(document.createElement("button"), { type: "button", id: `${panel.id}-titre`, textContent: title.textContent });
    if (panel.hasAttribute("data-wrong")) tab.className = "is-wrong";
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    title.hidden = true;
    return tab;
  }

  /* ---- the window over the list: what was refused is shown in it, and closing it leads back to the row */
  const frame = document.getElementById("fenetre");
  let opened = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "abonne" || ![400, 409].includes(event.detail.xhr.status)) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    start();
    if (event.detail.target.id !== "abonne" || !frame) return;
    if (!frame.open) {
      opened = event.detail.requestConfig?.elt?.closest("tr")?.id || "";
      frame.showModal();
    }
    (frame.querySelector(".error-list, .notice[data-announce], .notice[role=alert]") || frame.querySelector("[role=tab][aria-selected=true]"))?.focus();
    frame.scrollTop = 0;
  });
  frame?.addEventListener("close", () => document.querySelector(`#${opened || "list"} .btn-icon`)?.focus());

  function start() {
    document.querySelectorAll("[data-tabs]").forEach(makeTabs);
    document.querySelectorAll("select[data-usual]").forEach(bringTexts);
    document.querySelectorAll("[data-end-of]").forEach(followStart);
  }
  start();
})();
