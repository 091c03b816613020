(() => {
  "use strict";
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  // The page itself is read again, so that it is written in one place alone.
  const refresh = async () => {
    const answer = await fetch(location.pathname);
    if (!answer.ok || answer.redirected) return location.reload();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const news = fresh.getElementById(part.id);
      if (news && !part.contains(document.activeElement) && !part.querySelector("details[open]")) part.replaceWith(news);
    }
    document.querySelector("[data-said]").textContent = document.getElementById("status").textContent;
  };

  const follow = async () => {
    const sign = document.querySelector("[data-shown]");
    for (let place; (place = document.querySelector("[data-stream]")); await wait(1000)) {
      try {
        const answer = await fetch(place.dataset.stream);
        if (answer.redirected) return location.reload();
        if (!answer.ok) { await wait(10000); continue; }
        sign.hidden = false;
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let next; !(next = await reader.read()).done; ) if (next.value.includes("id: ")) await refresh();
      } catch {
        sign.hidden = true;
      }
    }
    sign.hidden = true;
  };

  follow();
})();
