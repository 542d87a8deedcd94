// Sends what a mail's link carries behind `#`; the address bar and the history forget it at once.
"use strict";

const form = document.querySelector("form");
const status = document.querySelector("[role=status]");
const token = new URLSearchParams(location.hash.slice(1)).get("token");
history.replaceState(null, "", location.pathname);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = Object.fromEntries(new FormData(form));
  if (token) body.token = token;
  form.querySelector("button").disabled = true;
  try {
    const answer = await fetch(`/auth/${form.dataset.deed}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const said = answer.status === 204 ? {} : await answer.json();
    const faults = (said.errors || []).map((fault) => fault.message).join(" ");
    const detail = typeof said.detail === "string" ? said.detail : said.title;
    status.textContent = answer.ok ? said.detail || "Done. You can sign in now." : faults || detail;
    if (answer.ok) form.hidden = true;
  } catch {
    status.textContent = "The server could not be reached; try again.";
  }
  form.querySelector("button").disabled = false;
});
