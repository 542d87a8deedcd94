// The focal point of a picture: a click on it writes the two fractions into the form and moves the mark.
document.addEventListener("DOMContentLoaded", () => {
  const frame = document.querySelector(".focal");
  const x = document.getElementById("id_focal_x");
  const y = document.getElementById("id_focal_y");
  if (!frame || !x || !y) return;
  const mark = frame.querySelector(".focal-mark");

  const show = () => {
    const set = x.value !== "" && y.value !== "";
    mark.hidden = !set;
    mark.style.left = `${Number(x.value) * 100}%`;
    mark.style.top = `${Number(y.value) * 100}%`;
  };
  const put = (across, down) => {
    const inside = (value) => Math.min(1, Math.max(0, value)).toFixed(3);
    x.value = inside(across);
    y.value = inside(down);
    for (const field of [x, y]) field.dispatchEvent(new Event("change", { bubbles: true }));
    show();
  };
  frame.addEventListener("click", (event) => {
    const box = frame.getBoundingClientRect();
    put((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  });
  frame.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-0.02, 0], ArrowRight: [0.02, 0], ArrowUp: [0, -0.02], ArrowDown: [0, 0.02] }[event.key];
    if (!step) return;
    event.preventDefault();
    put((x.value === "" ? 0.5 : Number(x.value)) + step[0], (y.value === "" ? 0.5 : Number(y.value)) + step[1]);
  });
  for (const field of [x, y]) field.addEventListener("input", show);
  show();
});

// The number of chosen files in the grid; Django counts rows of a table only.
document.addEventListener("change", (event) => {
  if (!event.target.matches(".media-check")) return;
  const all = document.querySelectorAll(".media-check");
  const chosen = document.querySelectorAll(".media-check:checked").length;
  for (const told of document.querySelectorAll(".action-counter")) {
    told.textContent = `${chosen} of ${all.length} selected`;
  }
});
