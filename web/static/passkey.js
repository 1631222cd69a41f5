// Passkeys: ask the server what to sign, let the browser sign it, send it back. Without this script a code still works.
"use strict";
for (const part of document.querySelectorAll("[data-passkey]")) {
  const { startAuthentication, startRegistration, browserSupportsWebAuthn } = SimpleWebAuthnBrowser;
  if (!browserSupportsWebAuthn()) continue;
  const told = part.querySelector("[role=status]"), isNew = part.dataset.new === "1";
  const send = async (path, fields) => {
    const body = new URLSearchParams({ csrf: part.dataset.csrf, new: isNew ? "1" : "", next: part.dataset.next ?? "", ...fields });
    const answer = await fetch(path, { method: "POST", body });
    if (answer.status === 403) location.reload(); // it was open for too long: the page asks for the second step again
    return answer;
  };
  part.hidden = false;
  part.querySelector("button").addEventListener("click", async () => {
    told.textContent = "";
    try {
      const optionsJSON = await (await send("/staff/passkey-options", {})).json();
      const signed = isNew ? await startRegistration({ optionsJSON }) : await startAuthentication({ optionsJSON });
      const answer = await (await send("/staff/passkey", { answer: JSON.stringify(signed) })).json();
      if (answer.next) location.assign(answer.next);
      else told.textContent = answer.problem;
    } catch (error) {
      told.textContent = part.dataset.failed ?? "";
    }
  });
}
