/* Passkeys: the browser makes one (data-passkey="create") or proves one ("get"), and its answer goes out with the form. */
"use strict";
(() => {
  const TEXT = {
    unknown: "Ce navigateur ne connaît pas les clés d’accès : choisissez un autre moyen.",
    refused: "La clé d’accès n’a pas répondu : recommencez, ou choisissez un autre moyen.",
    here: "Cet appareil a déjà une clé d’accès pour ce compte.",
    address: "Les clés d’accès ne marchent pas à cette adresse : ouvrez le site par son nom, en https.",
  };
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const withBytes = (list) => (list || []).map((row) => ({ ...row, id: bytes(row.id) }));

  function wanted(form) {
    const { publicKey } = JSON.parse(form.dataset.options);
    publicKey.challenge = bytes(publicKey.challenge);
    if (form.dataset.passkey === "create") {
      publicKey.user.id = bytes(publicKey.user.id);
      publicKey.excludeCredentials = withBytes(publicKey.excludeCredentials);
    } else publicKey.allowCredentials = withBytes(publicKey.allowCredentials);
    return { publicKey };
  }

  function told(credential) {
    const { id, type, rawId, response } = credential;
    const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const parts = names.filter((name) => response[name]).map((name) => [name, text(response[name])]);
    const clientExtensionResults = credential.getClientExtensionResults();
    return { id, type, rawId: text(rawId), clientExtensionResults, response: Object.fromEntries(parts) };
  }

  function why(error) {
    if (error.name === "SecurityError") return TEXT.address;
    return error.name === "InvalidStateError" ? TEXT.here : TEXT.refused;
  }

  async function answer(form) {
    const fault = form.querySelector("[data-passkey-fault]");
    fault.textContent = "";
    if (!window.PublicKeyCredential) { fault.textContent = TEXT.unknown; return; }
    try {
      const credential = await navigator.credentials[form.dataset.passkey](wanted(form));
      form.querySelector("[data-passkey-answer]").value = JSON.stringify(told(credential));
    } catch (error) {
      fault.textContent = why(error);
      return;
    }
    form.submit();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-passkey]");
    if (!form) return;
    event.preventDefault();
    if ([...form.elements].every((control) => control.reportValidity())) answer(form);
  }, true);
})();
