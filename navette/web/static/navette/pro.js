/* The pages that decide on a subscriber: usual texts by reason, and the end date as the start date changes. */
"use strict";
(() => {
  /* ---- the usual text of the reason chosen; a text of one's own stays until its owner says otherwise */
  function bringTexts(select) {
    const area = document.getElementById(select.dataset.usual);
    const source = document.getElementById("textes-habituels");
    if (!area || !source) return;
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
    if (!start) return;
    start.addEventListener("input", () => {
      const end = endOf(start.value, field.dataset.duration);
      if (end) field.value = french(end);
    });
  }

  document.querySelectorAll("select[data-usual]").forEach(bringTexts);
  document.querySelectorAll("[data-end-of]").forEach(followStart);
})();
