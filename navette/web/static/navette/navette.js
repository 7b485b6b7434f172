/* What pages do beyond their HTML. Every page works without this file; each part starts from a data attribute. */
"use strict";
(() => {
  const TEXT = {
    none: "Aucune ligne sélectionnée",
    one: "1 ligne sélectionnée",
    many: (n) => `${n} lignes sélectionnées`,
    rules: {
      min: (n) => `${n} caractères au moins`,
      lower: "une minuscule",
      upper: "une majuscule",
      digit: "un chiffre",
      special: "un caractère spécial",
    },
    strength: ["", "Mot de passe faible", "Mot de passe moyen", "Mot de passe solide"],
    found: (n) => (n === 1 ? "1 résultat proposé" : `${n} résultats proposés`),
    nothing: "Rien ne correspond",
    typeMore: (n) => `Tapez au moins ${n} lettre${n > 1 ? "s" : ""}`,
    chosen: (name, at, total) => `${name}, ${at} sur ${total}`,
    hint: "Des propositions apparaissent pendant la frappe. Choisissez avec les flèches haut et bas, validez avec Entrée.",
  };
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/œ/g, "oe").replace(/[-'’\s]+/g, " ").trim();

  /* ---- the menu of a narrow screen, and the account's */
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-menu]");
    if (toggle) {
      const open = document.getElementById(toggle.dataset.menu).classList.toggle("is-open");
      toggle.setAttribute("aria-expanded", String(open));
    }
    all("details.account[open]").filter((box) => !box.contains(event.target)).forEach((box) => { box.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.account[open]").forEach((box) => { box.open = false; box.querySelector("summary").focus(); });
    const menu = document.querySelector(".rail-nav.is-open");
    if (menu) {
      menu.classList.remove("is-open");
      const toggle = document.querySelector(`[data-menu="${menu.id}"]`);
      toggle.setAttribute("aria-expanded", "false");
      toggle.focus();
    }
  });

  /* ---- dialogs: opened by a button, or in the place of a submission that they confirm */
  const confirming = new WeakMap();
  const isValid = (root) => all("input, select, textarea", root).every((control) => control.reportValidity());

  function openDialog(id) {
    const dialog = document.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
    return dialog;
  }

  function askFirst(event, button) {
    const form = button.form;
    if (form.dataset.confirmed) return;
    event.preventDefault();
    if (!form.noValidate && !isValidOutside(form)) return;
    const dialog = openDialog(button.dataset.confirmDialog);
    if (dialog) confirming.set(dialog, button);
  }

  // The dialog's own boxes are asked about when it is open, not before.
  function isValidOutside(form) {
    return [...form.elements].filter((control) => !control.closest("dialog")).every((control) => control.reportValidity());
  }

  function submitConfirmed(event, submit) {
    const dialog = submit.closest("dialog");
    const button = confirming.get(dialog);
    if (!button) return;
    event.preventDefault();
    if (!isValid(dialog)) return;
    const form = button.form;
    if (submit.name) form.append(hidden(submit.name, submit.value));
    all("input[name]:checked, input[type=hidden][name]", dialog)
      .filter((control) => control.form !== form).forEach((control) => form.append(hidden(control.name, control.value)));
    dialog.close();
    form.dataset.confirmed = "1";
    form.noValidate = true;
    form.requestSubmit(button);
  }

  function hidden(name, value) {
    return Object.assign(document.createElement("input"), { type: "hidden", name, value });
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    const opener = target.closest("[data-dialog]");
    if (opener) { openDialog(opener.dataset.dialog); return; }
    const asks = target.closest("[data-confirm-dialog]");
    if (asks) { askFirst(event, asks); return; }
    const submit = target.closest("dialog [data-submit]");
    if (submit) { submitConfirmed(event, submit); return; }
    const close = target.closest("dialog [data-close]");
    if (close) { event.preventDefault(); close.closest("dialog").close(); return; }
    if (target.matches("dialog")) closeIfOutside(target, event);
  });

  function closeIfOutside(dialog, event) {
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail) dialog.close();
  }

  /* ---- a form goes out once: the second click of a hurried hand is dropped */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; delete form.dataset.confirmed; }, 4000);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; delete form.dataset.confirmed; }));

  /* ---- the eye of passwords */
  document.addEventListener("click", (event) => {
    const eye = event.target.closest("[data-eye]");
    if (!eye) return;
    const input = document.getElementById(eye.dataset.eye);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    eye.setAttribute("aria-pressed", String(!shown));
  });

  /* ---- live password rules */
  const TESTS = {
    lower: (text) => /\p{Ll}/u.test(text),
    upper: (text) => /\p{Lu}/u.test(text),
    digit: (text) => /\p{Nd}/u.test(text),
    special: (text) => /[^\p{L}\p{N}]/u.test(text),
  };

  function drawRules(input) {
    const min = JSON.parse(input.dataset.passwordRules).min;
    const tests = { min: (text) => [...text].length >= min, ...TESTS };
    const box = document.createElement("div");
    box.className = "password-rules";
    box.innerHTML = '<div class="meter" aria-hidden="true"><span></span></div><ul></ul><p class="visually-hidden" role="status"></p>';
    const [meter, list, status] = [box.querySelector(".meter"), box.querySelector("ul"), box.querySelector("p")];
    const items = Object.keys(tests).map((name) => {
      const item = document.createElement("li");
      item.textContent = name === "min" ? TEXT.rules.min(min) : TEXT.rules[name];
      list.append(item);
      return [name, item];
    });
    (input.closest(".with-eye") || input).after(box);
    let later;
    input.addEventListener("input", () => {
      const text = input.value;
      let met = 0;
      items.forEach(([name, item]) => { const ok = tests[name](text); item.classList.toggle("is-met", ok); met += ok ? 1 : 0; });
      const level = !text ? 0 : met < items.length - 1 ? 1 : met < items.length ? 2 : 3;
      meter.className = `meter meter-${level}`;
      clearTimeout(later);
      later = setTimeout(() => {
        const left = items.filter(([, item]) => !item.classList.contains("is-met")).map(([, item]) => item.textContent);
        status.textContent = text ? `${TEXT.strength[level]}${left.length ? ` : il manque ${left.join(", ")}` : ""}` : "";
      }, 700);
    });
  }

  /* ---- long selects become a type-ahead */
  function enhanceSelect(select) {
    if (!window.accessibleAutocomplete || select.dataset.enhanced) return;
    select.dataset.enhanced = "1";
    const options = [...select.options].filter((option) => option.value).map((option) => option.textContent.trim());
    const folded = options.map((name) => [fold(name), name]);
    const describedBy = select.getAttribute("aria-describedby");
    const invalid = select.getAttribute("aria-invalid");
    window.accessibleAutocomplete.enhanceSelectElement({
      selectElement: select, autoselect: false, confirmOnBlur: true, showAllValues: options.length < 16, minLength: 1, preserveNullOptions: false,
      defaultValue: select.value ? select.selectedOptions[0].textContent.trim() : "",
      source: (query, show) => show(matching(folded, query)),
      tNoResults: () => TEXT.nothing, tStatusNoResults: () => TEXT.nothing, tAssistiveHint: () => TEXT.hint,
      tStatusQueryTooShort: TEXT.typeMore, tStatusResults: TEXT.found,
      tStatusSelectedOption: (name, total, index) => TEXT.chosen(name, index + 1, total),
    });
    const input = select.parentElement.querySelector(".autocomplete__input");
    if (!input) return;
    if (describedBy) input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${describedBy}`.trim());
    if (invalid) input.setAttribute("aria-invalid", invalid);
    if (select.required) { input.required = true; select.required = false; }
    // What no longer names an option chooses none: a name half erased must not keep the one chosen before.
    input.addEventListener("input", () => { if (!options.includes(input.value)) select.value = ""; });
  }

  function matching(folded, query) {
    const wanted = fold(query);
    const starts = folded.filter(([text]) => text.startsWith(wanted));
    const holds = folded.filter(([text]) => !text.startsWith(wanted) && text.includes(wanted));
    return [...starts, ...holds].slice(0, 50).map(([, name]) => name);
  }

  /* ---- selections */
  const boxesOf = (group) => all(`input[type=checkbox][data-group="${group}"]`).filter((box) => !box.disabled);

  function showSelection(group) {
    const boxes = boxesOf(group);
    const count = boxes.filter((box) => box.checked).length;
    all(`[data-selected-count="${group}"]`).forEach((place) => {
      place.textContent = count === 0 ? TEXT.none : count === 1 ? TEXT.one : TEXT.many(count);
    });
    all(`[data-check-group="${group}"]`).forEach((master) => {
      master.checked = count > 0 && count === boxes.length;
      master.indeterminate = count > 0 && count < boxes.length;
    });
    all(`[data-needs-selection="${group}"]`).forEach((part) => { part.hidden = count === 0; });
  }

  function check(group, value) {
    boxesOf(group).forEach((box) => { box.checked = value; });
    showSelection(group);
  }

  document.addEventListener("click", (event) => {
    const on = event.target.closest("[data-check-all]");
    if (on) check(on.dataset.checkAll, true);
    const off = event.target.closest("[data-uncheck-all]");
    if (off) check(off.dataset.uncheckAll, false);
  });

  /* ---- parts shown for one answer, texts that an answer brings, filters that apply themselves */
  function showParts(root = document) {
    all("[data-show-when]", root).forEach((part) => {
      const [name, wanted] = part.dataset.showWhen.split("=");
      const scope = part.closest("form") || document;
      const given = all(`[name="${name}"]`, scope).filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked);
      part.hidden = !given.some((control) => wanted.split("|").includes(control.value));
    });
  }

  /* ---- fields asked of the young, as soon as the birth date is typed; the server decides */
  function showForAge() {
    all("[data-under-age]").forEach((part) => {
      const typed = /^(\d{2})\D?(\d{2})\D?(\d{4})$/.exec(document.getElementById(part.dataset.birthDate).value.trim());
      if (!typed) return;
      const limit = new Date();
      limit.setFullYear(limit.getFullYear() - Number(part.dataset.underAge));
      part.hidden = new Date(Number(typed[3]), Number(typed[2]) - 1, Number(typed[1])) <= limit;
    });
  }

  document.addEventListener("input", (event) => { if (event.target.matches("[autocomplete=bday]")) showForAge(); });
  document.addEventListener("change", (event) => {
    const target = event.target;
    if (target.dataset.group) showSelection(target.dataset.group);
    if (target.dataset.checkGroup) check(target.dataset.checkGroup, target.checked);
    if (target.matches("select[data-fills]")) {
      const text = target.selectedOptions[0]?.dataset.fill;
      if (text !== undefined) document.getElementById(target.dataset.fills).value = text;
    }
    if (target.name) showParts(target.form || document);
  });

  /* ---- after a list was swapped: say the new count aloud, start what came in */
  function start(root) {
    all("input[data-password-rules]", root).filter((input) => !input.dataset.drawn).forEach((input) => { input.dataset.drawn = "1"; drawRules(input); });
    all("select[data-typeahead]", root).forEach(enhanceSelect);
    all("[data-check-all][hidden], [data-uncheck-all][hidden]", root).forEach((button) => { button.hidden = false; });
    new Set(all("[data-group]", root).map((box) => box.dataset.group)).forEach(showSelection);
    showParts(document);
    showForAge();
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    start(document);
    const said = event.target.querySelector?.("[data-announce]") || document.querySelector("#list [data-announce]");
    if (said) document.getElementById("annonce").textContent = said.textContent.trim();
  });

  document.addEventListener("DOMContentLoaded", () => {
    start(document);
    const first = document.querySelector("[data-focus]");
    if (first) first.focus();
    all("dialog[data-open]").forEach((dialog) => dialog.showModal());
  });
})();
