// The progress of the job that makes an index anew.
(() => {
  const shown = document.querySelector("[data-progress]");
  if (!shown) return;
  const bar = shown.querySelector("progress");
  const state = shown.querySelector("span");
  const ask = async () => {
    const answer = await fetch(shown.dataset.progress);
    if (!answer.ok) return;
    const job = await answer.json();
    state.textContent = job.total ? `${job.state}, ${Math.min(job.done, job.total)} of ${job.total}` : job.state;
    bar.max = job.total || 1;
    bar.value = job.state === "succeeded" ? bar.max : job.done;
    if (job.state === "queued" || job.state === "running") setTimeout(ask, 1000);
  };
  ask();
})();
