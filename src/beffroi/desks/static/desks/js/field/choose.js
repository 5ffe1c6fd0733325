// No unit is held: nothing of a former shift stays on this phone, but a call for help that was never heard.
import * as queue from "./queue.js";

const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

async function call({ key, shift, said_at, lat, lon, accuracy }) {
  const place = lat === undefined ? {} : { lat, lon, accuracy };
  const form = { act: "distress", key, shift, said_at, phone_now: new Date().toISOString(), ...place };
  const answer = await fetch("/terrain/dire/", {
    method: "POST",
    headers: { "X-CSRFToken": token, Accept: "application/json" },
    body: new URLSearchParams(form),
  });
  if (answer.status >= 500) throw new Error("not received");
}

async function leave() {
  for (const tap of await queue.all()) if (tap.act === "distress") await call(tap);
  await queue.forget();
}

localStorage.removeItem("beffroi-field-share");
if ("indexedDB" in window) leave().catch((error) => console.error("queue", error));
